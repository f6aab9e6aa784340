/**
 * What a page of the studio may do, for every host: one policy, so that what runs in one runs in the other.
 *
 * The page needs WebAssembly, its own modules, styles and fonts, pictures it draws itself (blob:), and a connection to
 * its host. `style-src-attr` is the one relaxation, for positions that components write as attributes; attributes run
 * no script. Trusted Types: Svelte's own policy, and `studio-worker` for the address of a worker.
 */
function contentSecurityPolicy(connect: "'self'" | "'none'"): string {
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' blob:",
    "font-src 'self'",
    `connect-src ${connect}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types svelte-trusted-html studio-worker',
  ].join('; ');
}

/** The browser host's page talks to its server over a WebSocket; Electron's page has a MessagePort and no network. */
export const loopbackContentSecurityPolicy = contentSecurityPolicy("'self'");
export const electronContentSecurityPolicy = contentSecurityPolicy("'none'");

const features = [
  'camera',
  'microphone',
  'geolocation',
  'usb',
  'serial',
  'hid',
  'bluetooth',
  'payment',
  'local-network',
  'loopback-network',
];

/** On every answer, whatever it is; beside these the Content-Security-Policy of the host and a Cache-Control. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Permissions-Policy': features.map((feature) => `${feature}=()`).join(', '),
  'X-Frame-Options': 'DENY',
};

export const cacheControl = {
  none: 'no-store',
  /** For files whose name holds a hash of their content. */
  forever: 'private, max-age=31536000, immutable',
} as const;
