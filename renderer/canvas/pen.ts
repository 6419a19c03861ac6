/** Pointer events as pen samples. */
import type { PenSample, Point } from './types.ts';

/** What devices without pressure report (Pointer Events, level 3). */
const NO_PRESSURE = 0.5;
/** The bit of `buttons` for a pen's eraser end. */
export const ERASER = 32;

/** @param pressure of the last sample, for a pen that has just left (it reports none) */
export function sampleOf(event: PointerEvent, point: Point, pressure: number): PenSample {
  const real = event.pointerType === 'pen' || event.pointerType === 'touch';
  const pressed = event.type === 'pointerup' || event.type === 'pointercancel' ? pressure : event.pressure;
  return {
    ...point,
    // Screens without pressure report 0 or 1 for a touch.
    pressure: real && pressed > 0 && !(event.pointerType === 'touch' && pressed === 1) ? pressed : NO_PRESSURE,
    time: event.timeStamp,
    shift: event.shiftKey,
    alt: event.altKey,
    mod: event.ctrlKey || event.metaKey,
  };
}

/** All that the pen did since the last event; some browsers and synthetic events give none. */
export function coalesced(event: PointerEvent): readonly PointerEvent[] {
  const events = event.getCoalescedEvents();
  return events.length > 0 ? events : [event];
}

/** How much a wheel zooms. A pinch sends many small steps with Ctrl, a wheel few large ones. */
export function wheelFactor(event: WheelEvent): number {
  const { y } = wheelWay(event);
  return Math.exp(-y * (Math.abs(y) < 50 ? 0.01 : 0.002));
}

/** In CSS pixels, whatever unit the wheel counts in. */
export function wheelWay({ deltaX, deltaY, deltaMode }: WheelEvent): Point {
  const unit = deltaMode === 1 ? 16 : deltaMode === 2 ? 400 : 1;
  return { x: deltaX * unit, y: deltaY * unit };
}
