"""How good a model is: practice desks played to the end, judged by the desk and never by what the model claims."""
