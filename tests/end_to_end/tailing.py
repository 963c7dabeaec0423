"""tailing.py KAIKU: `tail` says the same of a running engine and of the store it left: limits, cursors, what is no topic."""

import json
import pathlib
import subprocess
import sys
import tempfile

from business import Engine, check, fail, until

PIPELINE = """version: 1
name: tails
shards: 2
log: {kind: local}
sources:
  posts: {topic: posts}
brands: open
outputs: {items: {publish: true}}
items: {publish: true}
time: {idle_after: 1s}
state: {commit_every: 50ms}
server: {listen: "127.0.0.1:%d"}
"""
