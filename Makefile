# Thin: packaging/bootstrap.py does the work, so that Windows and macOS have the same verbs without make.
PYTHON ?= python3
VERBS = setup demo test lint bench bench-gpu conformance moved kills typing guard serve fuzz calls episodes practice nano doctor

.PHONY: $(VERBS)
$(VERBS):
	@$(PYTHON) packaging/bootstrap.py $@ $(foreach name,SEED N ONLY REAL TORCH,$(if $($(name)),$(name)='$($(name))'))
