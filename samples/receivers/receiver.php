<?php
// Receives status callbacks of a HoiAm hub with plain PHP: checks the signature, takes each callback once.
//
//     SIGNING_SECRET=... php -S 127.0.0.1:8701 receiver.php
//
// or behind any web server that leaves REQUEST_URI as the hub sent it. Each callback becomes a line of states.ndjson (STATES chooses another
// file); the answer is 200 only after that line is on the disk.

const TOLERANCE_SECONDS = 300;
const LONGEST = 64 * 1024;

// whsec_ and base64, or any other text as it stands.
function key_of(string $secret): string
{
    $key = str_starts_with($secret, 'whsec_') ? base64_decode(substr($secret, 6), true) : false;
    return $key === false ? $secret : $key;
}

// Valid, Missing, Malformed, TooOld, TooNew or Mismatch. The payload of a GET is the path and query exactly as sent.
function verdict(string $payload, ?string $id, ?string $timestamp, ?string $signature, array $keys, ?int $now = null): string
{
    if (!$id || !$timestamp || !$signature) {
        return 'Missing';
    }
    if (!preg_match('/^[0-9]{1,11}$/D', $timestamp)) {
        return 'Malformed';
    }
    $matches = false;
    foreach ($keys as $key) {
        $expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$payload", $key, true));
        foreach (explode(' ', $signature) as $given) {
            $matches = hash_equals($expected, $given) || $matches;
        }
    }
    if (!$matches) {
        return 'Mismatch';
    }
    $age = ($now ?? time()) - (int) $timestamp;
    return $age > TOLERANCE_SECONDS ? 'TooOld' : ($age < -TOLERANCE_SECONDS ? 'TooNew' : 'Valid');
}

// One line for each callback. PHP keeps nothing between two requests, so the file is read under its lock; a shop would have a table with
// the id as its primary key in place of the file.
function keep(string $path, array $callback): bool
{
    $file = fopen($path, 'c+b');
    if ($file === false || !flock($file, LOCK_EX)) {
        return false;
    }
    $whole = 0;
    while (($line = fgets($file)) !== false && str_ends_with($line, "\n")) {
        if (json_decode($line, true)['id'] === $callback['id']) {
            return true;
        }
        $whole = ftell($file);
    }
    ftruncate($file, $whole); // what follows was torn by a crash, and never acknowledged
    fseek($file, $whole);
    return fwrite($file, json_encode($callback) . "\n") !== false && fsync($file); // from here on it may be acknowledged
}

function fields(): array
{
    if ($_SERVER['REQUEST_METHOD'] === 'GET') {
        $fields = $_GET;
    } elseif (str_contains($_SERVER['CONTENT_TYPE'] ?? '', 'json')) {
        $fields = json_decode(file_get_contents('php://input'), true);
    } else {
        parse_str(file_get_contents('php://input'), $fields);
    }
    return is_array($fields) ? array_change_key_case($fields) : [];
}

function answer(int $status, string $text): void
{
    http_response_code($status);
    header('Content-Type: text/plain');
    echo $text;
}

function take(): void
{
    $get = $_SERVER['REQUEST_METHOD'] === 'GET';
    if (!$get && $_SERVER['REQUEST_METHOD'] !== 'POST') {
        answer(405, 'GET or POST');
        return;
    }
    $payload = $get ? $_SERVER['REQUEST_URI'] : file_get_contents('php://input');
    if (strlen($payload) > LONGEST) {
        answer(413, 'too long');
        return;
    }
    $id = $_SERVER['HTTP_WEBHOOK_ID'] ?? null;
    // While a secret is being changed, SIGNING_SECRET_OLD is the one before.
    $keys = array_map('key_of', array_filter([getenv('SIGNING_SECRET'), getenv('SIGNING_SECRET_OLD')]));
    $verdict = verdict($payload, $id, $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? null, $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? null, $keys);
    if ($verdict !== 'Valid') {
        answer(401, $verdict);
        return;
    }
    $fields = fields();
    if (empty($fields['smsid'])) {
        answer(400, 'no SMSID');
        return;
    }
    $kept = keep(getenv('STATES') ?: 'states.ndjson', [
        'id' => $id, 'smsId' => $fields['smsid'], 'status' => $fields['sendstatus'] ?? null, 'success' => $fields['sendsuccess'] ?? null,
    ]);
    $kept ? answer(200, 'OK') : answer(503, 'cannot be kept'); // with 503 the hub has it still
}

if (PHP_SAPI !== 'cli') {
    take();
}
