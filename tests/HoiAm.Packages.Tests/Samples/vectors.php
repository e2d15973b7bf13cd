<?php
// Runs the vectors in the file given first through the receiver in the folder given second.
require $argv[2] . '/receiver.php';

foreach (json_decode(file_get_contents($argv[1]), true) as $v) {
    echo verdict($v['payload'], $v['id'], $v['timestamp'], $v['signature'], array_map('key_of', $v['secrets']), $v['now']), "\n";
}
