<?php
// The few functions of WordPress that the plugin uses, for running its shortcode without WordPress:
//   php wordpress.php PLUGIN OPTIONS_JSON POST
// Prints a page with the post, its shortcodes replaced, and the script modules that were asked for.

define('ABSPATH', __DIR__);

$options = json_decode($argv[2], true);
$shortcodes = array();
$modules = array();

function add_action($name, $run) {}
function add_shortcode($name, $run) { $GLOBALS['shortcodes'][$name] = $run; }
function shortcode_atts($defaults, $given, $name) { return array_merge($defaults, array_intersect_key((array) $given, $defaults)); }
function get_option($name, $default = false) { return $GLOBALS['options'][$name] ?? $default; }
function untrailingslashit($text) { return rtrim($text, '/\\'); }
function esc_attr($text) { return htmlspecialchars((string) $text, ENT_QUOTES, 'UTF-8', false); }
function esc_html($text) { return esc_attr($text); }
function esc_url($url) { return preg_match('#^https?://#', $url) ? str_replace("'", '&#039;', $url) : ''; }
function current_user_can($right) { return false; }
function determine_locale() { return 'ja'; }
function wp_enqueue_script_module($id, $src, $after = array(), $version = false) { $GLOBALS['modules'][$id] = $src; }
function settings_fields($group) { echo '<input type="hidden" name="option_page" value="' . esc_attr($group) . '">'; }
function submit_button() { echo '<button>Save</button>'; }

require $argv[1];

$attribute = '/(\w+)=(?:"([^"]*)"|\'([^\']*)\')/';
$body = preg_replace_callback('/\[(\w+)((?:\s+\w+=(?:"[^"]*"|\'[^\']*\'))*)\s*\]/', function ($found) use ($attribute) {
    preg_match_all($attribute, $found[2], $pairs, PREG_SET_ORDER);
    $given = array();
    foreach ($pairs as $pair) {
        $given[$pair[1]] = $pair[2] !== '' ? $pair[2] : ($pair[3] ?? '');
    }
    return call_user_func($GLOBALS['shortcodes'][$found[1]], $given);
}, $argv[3]);

ob_start();
sealane_settings_page();
$settings = ob_get_clean();

echo '<!doctype html><html lang="ja"><meta charset="utf-8"><title>Post</title><body>', $body;
foreach ($modules as $id => $src) {
    echo '<script type="module" src="', esc_url($src), '" id="', esc_attr($id), '-js-module"></script>';
}
echo '<template id="settings">', $settings, '</template></body></html>';
