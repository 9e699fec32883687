"""A machine with devices named far:0, far:1 and so on, which are not there: what is on one really lies in main memory.

Torch is given a backend in Python, so that every operation comes by here. One whose tensors are on different devices is an
error, as on real GPUs; the numbers are those of the processor. Registering the backend cannot be undone: use a process of its
own.
"""

import contextlib

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map
from torch.utils.backend_registration import _setup_privateuseone_for_python_backend

_MOVES = {"aten::_to_copy", "aten::copy_", "aten::to"}
_LOOK_UP = {"aten::index", "aten::index_put_"}
"""They take places that are in main memory, too."""


@contextlib.contextmanager
def far_machine():
    """Make the devices usable."""
    _setup_privateuseone_for_python_backend("far")
    with _Python(), _Operations():
        yield


class _Far(torch.Tensor):
    """A tensor that says that it is far away."""

    @staticmethod
    def __new__(cls, near, device):
        # A view of a weight would have to be as the weight is, which was made outside of any mode.
        with torch.inference_mode(False):
            made = torch.Tensor._make_wrapper_subclass(
                cls, near.size(), near.stride(), near.storage_offset(), dtype=near.dtype, device=device
            )
        made.near = near
        return made

    def __init__(self, near, device):
        pass

    def __repr__(self):
        return f"{self.near} on {self.device}"

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        return _work(func, args, kwargs or {})


class _Operations(TorchDispatchMode):
    """What makes tensors, and what moves them here."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        return _work(func, args, kwargs or {})


class _Python(TorchFunctionMode):
    """What never becomes an operation that could be seen."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        if func is torch.tensor and torch.device(kwargs.get("device") or "cpu").type == "far":
            device = kwargs.pop("device")
            return func(*args, **kwargs).to(device)
        if func in {torch.Tensor.tolist, torch.Tensor.data_ptr}:
            return func(_near(args[0]))
        if func is torch.Tensor.__setitem__ and isinstance(args[0], _Far) and not isinstance(args[2], torch.Tensor):
            args[0].near[args[1]] = args[2]
            return None
        return func(*args, **kwargs)


def _near(value):
    if isinstance(value, torch.device):
        return torch.device("cpu")
    return value.near if isinstance(value, _Far) else value


def _work(func, args, kwargs):
    name = func._schema.name
    if name == "aten::_fused_sdp_choice":
        return 0  # plain products, which can be seen
    device = _device(name, tree_leaves((args, kwargs)))
    if name == "aten::histc":
        args = (_Far(args[0].near.float(), args[0].device), *args[1:])  # GPUs count integers, too
    out = func(*tree_map(_near, args), **tree_map(_near, kwargs))
    if device.type != "far":
        return out
    same = {id(leaf.near): leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, _Far)}

    def far(value):
        if not isinstance(value, torch.Tensor):
            return value
        known = same.get(id(value))
        if known is not None and known.device == device:
            return known
        return _Far(value if known is None else value.clone(), device)

    return tree_map(far, out)


def _device(name, leaves):
    """Where the outcome is."""
    tensors = [leaf for leaf in leaves if isinstance(leaf, torch.Tensor)]
    asked = next((leaf for leaf in leaves if isinstance(leaf, torch.device)), None)
    if asked is not None:
        return asked
    if name in _MOVES:
        return tensors[0].device
    # Single numbers may be anywhere, also on real devices.
    places = {
        tensor.device for tensor in tensors if tensor.dim() and (name not in _LOOK_UP or tensor.device.type != "cpu")
    }
    if len(places) > 1:
        raise RuntimeError(f"{name}: tensors are on {sorted(map(str, places))}")
    return next(iter(places), tensors[0].device if tensors else torch.device("cpu"))
