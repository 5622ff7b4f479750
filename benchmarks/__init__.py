"""What Meshlake costs beside the bare tools, measured in one run: `python -m benchmarks`.

Each module measures one thing and gives its `Figure`s. Nothing of the platform is rebuilt here: what is timed is the
way a build or a query really takes. Figures that depend on the machine are told, never tested.
"""
