/** Numbers, spans of time and dates as people read them. */

const whole = new Intl.NumberFormat('en');

/** 12,345 */
export const count = (n: number): string => whole.format(n);

/** "1 picture", "2 pictures" */
export const plural = (n: number, one: string, many: string): string => `${count(n)} ${n === 1 ? one : many}`;

/** 0.514 as "51 %" */
export const percent = (share: number, digits = 0): string => `${(share * 100).toFixed(digits)} %`;

/** Seconds as a clock: "0:42", "12:05", "1:02:05" */
export function clock(seconds: number): string {
  const total = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const two = (n: number): string => `${n}`.padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Minutes in words: "45 min", "1 h 30 min" */
export function minutes(n: number): string {
  if (n < 1) return `${Math.round(n * 60)} s`;
  const [h, m] = [Math.floor(n / 60), Math.round(n % 60)];
  return h === 0 ? `${m} min` : m === 0 ? `${h} h` : `${h} h ${m} min`;
}

/** Four significant figures, without an exponent for what people meet. */
export const figure = (n: number): string =>
  n !== 0 && Math.abs(n) < 1e-3 ? n.toExponential(1) : Number(n.toPrecision(4)).toString();

/** "just now", "5 minutes ago", "yesterday", "3 Mar 2026" */
export function ago(iso: string, now = Date.now()): string {
  const then = new Date(iso);
  const seconds = (now - then.getTime()) / 1000;
  const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  if (!Number.isFinite(seconds)) return '';
  if (seconds < 60) return 'just now';
  if (seconds < 3600) return relative.format(-Math.floor(seconds / 60), 'minute');
  if (seconds < 86_400) return relative.format(-Math.floor(seconds / 3600), 'hour');
  if (seconds < 7 * 86_400) return relative.format(-Math.floor(seconds / 86_400), 'day');
  return then.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
}
