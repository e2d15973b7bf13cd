# Runs the vectors in the file given first through the receiver in the folder given second.
import json
import sys

sys.path.insert(0, sys.argv[2])
sys.dont_write_bytecode = True
import receiver

for v in json.load(open(sys.argv[1], encoding="utf-8")):
    print(receiver.verdict(v["payload"].encode(), v["id"], v["timestamp"], v["signature"], [receiver.key_of(s) for s in v["secrets"]], v["now"]))
