"""The programs in which everything is consequential, by the names that they give themselves."""

import pytest

from actions.lexicon import places

TERMINALS = """
XTerm UXTerm URxvt rxvt-unicode Gnome-terminal gnome-terminal-server Xfce4-terminal Mate-terminal Lxterminal QTerminal
deepin-terminal io.elementary.terminal konsole org.kde.konsole Alacritty kitty foot footclient Tilix com.gexperts.Tilix Guake
Yakuake org.wezfurlong.wezterm st st-256color kgx org.gnome.Console org.gnome.Ptyxis com.mitchellh.ghostty Terminator
terminology cool-retro-term com.raggesilver.BlackBox cmd.exe WindowsTerminal iTerm2 Terminal
""".split()
SYSTEM = """
gnome-control-center org.gnome.Settings systemsettings org.kde.systemsettings Xfce4-settings-manager cinnamon-settings.py
Mate-control-center Gparted GParted gpartedbin Gnome-disks org.gnome.DiskUtility org.kde.partitionmanager Blueman-manager
Nm-connection-editor Pavucontrol org.pulseaudio.pavucontrol ca.desrt.dconf-editor org.gnome.tweaks Arandr regedit.exe
""".split()
SOFTWARE = """
gnome-software org.gnome.Software Synaptic plasma-discover org.kde.discover Gdebi-gtk Pamac-manager Update-manager muon
mintinstall.py snap-store io.elementary.appcenter Software-properties-gtk msiexec.exe
""".split()
SECRETS = """
KeePassXC org.keepassxc.KeePassXC keepass2 org.gnome.seahorse.Application Seahorse kwalletmanager5 Bitwarden 1Password
Gcr-prompter Pinentry-gtk-2 polkit-gnome-authentication-agent-1 lxqt-policykit-agent xfce-polkit ksshaskpass ssh-askpass kdesu
""".split()
INNOCENT = """
Steam Stellarium Strawberry Footnote footage Sterling Kittycad Discord Controller cmdline Consolation Discoverer firefox
Chromium-browser Gimp-2.10 libreoffice-writer thunderbird org.gnome.Evince org.gnome.Nautilus Eog Terminus-font-viewer
Determinator installer-notes Secretary mail Settlers stsci org.gnome.TextEditor Muon-physics Softwareupdate-news Thermometer
""".split()


@pytest.mark.parametrize(
    "names, why", [(TERMINALS, "terminal"), (SYSTEM, "system"), (SOFTWARE, "programs"), (SECRETS, "passwords")]
)
def test_programs_are_known_by_the_names_that_windows_have(names, why):
    assert {name: places().why_asked(name) for name in names if why not in (places().why_asked(name) or "")} == {}


def test_others_that_are_called_alike_are_not():
    assert {name: places().why_asked(name) for name in INNOCENT if places().why_asked(name)} == {}
