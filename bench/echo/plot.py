#!/usr/bin/python3
"""Draws what run.py --output wrote: for every case each server's ratio to the server on Asio, median and range.

    bench/echo/plot.py RESULT.json PICTURE.svg"""
import json
import sys

import matplotlib
matplotlib.use("Agg")
matplotlib.rcParams["svg.hashsalt"] = "spindle"  # the same figures give the same file
from matplotlib import pyplot  # noqa: E402

COLOURS = {"asio": "#888888", "epoll": "#bbbbbb", "libuv": "#d0b070", "spindle": "#2060c0", "wine": "#b03050"}
PANELS = {"ratio": "messages a second, ratio to Asio", "cpu_ratio": "messages a CPU second, ratio to Asio"}


def draw(axes, cases, servers, key):
    height = 0.8 / len(servers)
    for place, server in enumerate(servers):
        at, medians, below, above = [], [], [], []
        for number, case in enumerate(cases.values()):
            value = case["summary"].get(server, {}).get(key)
            if value:
                at.append(number + (place - (len(servers) - 1) / 2) * height)
                medians.append(value["median"])
                below.append(value["median"] - value["lowest"])
                above.append(value["highest"] - value["median"])
        axes.barh(at, medians, height, xerr=[below, above], label=server, color=COLOURS[server],
                  error_kw={"elinewidth": 0.7, "ecolor": "#333333"})
    axes.axvline(1, color="#333333", linewidth=0.8)
    axes.set_xlabel(PANELS[key])


def main():
    with open(sys.argv[1], encoding="ascii") as text:
        document = json.load(text)
    cases = document["cases"]
    present = {name for case in cases.values() for name in case["summary"]}
    servers = [name for name in COLOURS if name in present and name != "asio"]
    figure, panels = pyplot.subplots(1, 2, sharey=True, figsize=(11, 1.2 + 0.55 * len(cases)))
    for axes, key in zip(panels, PANELS):
        draw(axes, cases, servers, key)
    panels[0].set_yticks(range(len(cases)), cases)
    panels[0].invert_yaxis()
    panels[1].legend(loc="lower right", fontsize="small")
    figure.suptitle(f"Echo servers, {document['rounds']} interleaved rounds, median and range", fontsize="medium")
    figure.tight_layout()
    figure.savefig(sys.argv[2], metadata={"Date": None} if sys.argv[2].endswith(".svg") else None)


if __name__ == "__main__":
    main()
