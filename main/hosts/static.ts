/** The window's own files (dist/renderer) and their headers, the same from both hosts. */
import { existsSync, statSync } from 'node:fs';
import { extname, join, normalize, sep } from 'node:path';
import { built } from '../root.ts';

export const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; " +
  "font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** For every answer. */
export const SAFE_HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** The file that a path of the window's address means, with its headers; null where there is none. */
export function staticFile(pathname: string): { file: string; headers: Record<string, string> } | null {
  const root = built('renderer');
  const file = normalize(join(root, pathname === '/' ? 'index.html' : pathname));
  if (!file.startsWith(root + sep) || !existsSync(file) || !statSync(file).isFile()) return null;
  const hashed = pathname.startsWith('/assets/'); // their names change with their content
  return {
    file,
    headers: {
      ...SAFE_HEADERS,
      'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
      'Content-Security-Policy': CSP,
      'Cache-Control': hashed ? 'private, max-age=31536000, immutable' : 'no-cache',
    },
  };
}

/** The headers of a picture or model below /media/. */
export function mediaHeaders(path: string, type: string, download: string | null): Record<string, string> {
  const name = download === null ? null : `attachment; filename*=UTF-8''${encodeURIComponent(download)}`;
  return {
    ...SAFE_HEADERS,
    'Content-Type': type,
    // Addresses change with what they show, except for pictures that the person picked.
    'Cache-Control': path.startsWith('picked/') ? 'no-cache' : 'private, max-age=86400',
    ...(name === null ? {} : { 'Content-Disposition': name }),
  };
}
