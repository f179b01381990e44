<?php
/**
 * Plugin Name:       Sealane delivery map
 * Description:       The shortcode [sealane_map certificate="eco_..."] shows the live map of a published delivery.
 * Version:           0.1.0
 * Requires at least: 6.5
 * Requires PHP:      7.4
 * License:           MIT OR Apache-2.0
 *
 * Server and publishable key are set once at Settings > Sealane map. Attributes of the shortcode: certificate (needed),
 * height (such as 480px), lang, theme, panel, and mode: "element" (default) or "iframe" for pages whose
 * policy allows no scripts from elsewhere.
 */

if (!defined('ABSPATH')) {
    exit;
}

const SEALANE_HEIGHT = '/^\d{1,4}(px|rem|em|vh)$/';
const SEALANE_OPTIONS = array('sealane_server' => 'Server (https://...)', 'sealane_key' => 'Publishable key (sl_pk_...)');

/** Returns the server's address without a slash at its end. */
function sealane_server()
{
    return untrailingslashit((string) get_option('sealane_server', ''));
}

/** Keeps a publishable key only: a secret one must never come into a page. */
function sealane_clean_key($key)
{
    return preg_match('/^sl_pk_[0-9a-f]+$/', trim((string) $key)) ? trim((string) $key) : '';
}

/** Writes HTML attributes, every value escaped, empty ones left out. */
function sealane_attributes($attributes)
{
    $html = '';
    foreach (array_filter($attributes, 'strlen') as $name => $value) {
        $html .= ' ' . $name . '="' . esc_attr($value) . '"';
    }
    return $html;
}

/** The shortcode. */
function sealane_map_shortcode($given)
{
    $wish = shortcode_atts(
        array('certificate' => '', 'height' => '480px', 'lang' => '', 'theme' => '', 'panel' => '', 'mode' => 'element'),
        $given,
        'sealane_map'
    );
    $server = sealane_server();
    $key = sealane_clean_key(get_option('sealane_key', ''));
    if ($server === '' || $key === '') {
        return current_user_can('manage_options') ? '<p>Sealane map: set server and key at Settings &gt; Sealane map.</p>' : '';
    }
    if (!preg_match('/^[A-Za-z0-9_-]+$/', $wish['certificate'])) {
        return current_user_can('edit_posts') ? '<p>Sealane map: the shortcode needs certificate="eco_..."</p>' : '';
    }
    $height = preg_match(SEALANE_HEIGHT, $wish['height']) ? $wish['height'] : '480px';
    $lang = $wish['lang'] !== '' ? $wish['lang'] : str_replace('_', '-', determine_locale());
    $options = array('lang' => $lang, 'theme' => $wish['theme'], 'panel' => $wish['panel']);
    if ($wish['mode'] === 'iframe') {
        $query = http_build_query(array('key' => $key) + array_filter($options, 'strlen'));
        return '<iframe' . sealane_attributes(array(
            'src' => esc_url($server . '/embed/' . rawurlencode($wish['certificate']) . '?' . $query),
            'title' => 'Delivery map', 'loading' => 'lazy', 'style' => "width:100%;height:$height;border:0",
        )) . '></iframe>';
    }
    wp_enqueue_script_module('sealane-map', $server . '/sealane-map.js', array(), null);
    return '<sealane-map' . sealane_attributes(array(
        'certificate' => $wish['certificate'], 'src' => $server, 'key' => $key, 'style' => "display:block;height:$height",
    ) + $options) . '></sealane-map>';
}

/** The page at Settings > Sealane map. */
function sealane_settings_page()
{
    echo '<div class="wrap"><h1>Sealane map</h1><form method="post" action="options.php"><table class="form-table">';
    settings_fields('sealane');
    foreach (SEALANE_OPTIONS as $name => $label) {
        $value = esc_attr((string) get_option($name, ''));
        echo '<tr><th><label for="' . esc_attr($name) . '">' . esc_html($label) . '</label></th><td><input class="regular-text" id="'
            . esc_attr($name) . '" name="' . esc_attr($name) . '" value="' . $value . '"></td></tr>';
    }
    echo '</table>';
    submit_button();
    echo '</form></div>';
}

add_shortcode('sealane_map', 'sealane_map_shortcode');
add_action('admin_menu', function () {
    add_options_page('Sealane map', 'Sealane map', 'manage_options', 'sealane', 'sealane_settings_page');
});
add_action('admin_init', function () {
    register_setting('sealane', 'sealane_server', array('type' => 'string', 'sanitize_callback' => 'esc_url_raw'));
    register_setting('sealane', 'sealane_key', array('type' => 'string', 'sanitize_callback' => 'sealane_clean_key'));
});
