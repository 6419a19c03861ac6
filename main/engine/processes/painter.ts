/**
 * The painter: the process that translates what a person is drawing, with the model kept loaded. Of the requests that
 * wait only the newest is answered with a picture; what they say of the drawing is always taken in.
 */
import type { PainterReply, PaintRequest } from './messages.ts';
import { runModelsOn } from '../inference/card.ts';
import { openModel, type ModelFile } from '../inference/model-file.ts';
import { startRuntime } from '../cpu/ort.ts';
import { Painting, type Brush } from '../inference/painting.ts';
import { failureOf, parent } from './roles.ts';
import { Variation } from '../inference/variation.ts';

/** Models that stay loaded: the one in use, and the one that it is compared with. */
const KEPT = 2;

const send: (reply: PainterReply) => void = parent(hear);

/** The most recently used last. */
const brushes = new Map<string, Brush>();
let painting: Painting | undefined;
let waiting: PaintRequest | undefined;
/** What is being painted now. */
let busy: { painting: Painting; quality: PaintRequest['quality'] } | undefined;

function brushOf(model: ModelFile): Brush {
  const key = JSON.stringify([model.file, model.io]);
  let brush = brushes.get(key);
  if (!brush) {
    const { bytes, translator } = openModel(model);
    brush = { translator, variation: Variation.of(bytes) };
  }
  brushes.delete(key);
  brushes.set(key, brush);
  for (const [other, old] of brushes) {
    if (brushes.size <= KEPT) break;
    if (old === busy?.painting.brush || old === brush) continue;
    brushes.delete(other);
    old.translator.release();
    old.variation?.release();
  }
  return brush;
}

/** Puts the drawing of the request in place. */
function takeIn({ subject, model, changed }: PaintRequest): Painting {
  const { drawing, width, height } = subject;
  const brush = brushOf(model);
  const before = painting;
  const same = JSON.stringify(before?.subject) === JSON.stringify(subject) && before?.brush === brush;
  if (!before || !same) {
    painting = new Painting(subject, brush);
    if (before?.subject.drawing === drawing && before.subject.width === width && before.subject.height === height)
      painting.adopt(before);
  }
  if (changed) painting!.take(changed);
  return painting!;
}

async function work(): Promise<void> {
  for (let request = waiting; request; request = waiting) {
    waiting = undefined;
    const { id, quality } = request;
    try {
      const now = painting!;
      busy = { painting: now, quality };
      if (!now.known) send({ id, type: 'lost' });
      else send({ id, type: 'painted', ...(await now.paint(quality, () => waiting !== undefined)) });
    } catch (error) {
      send({ id, type: 'failed', ...failureOf(error) });
    }
  }
  busy = undefined;
}

function hear(request: PaintRequest): void {
  const { id } = request;
  try {
    // The window that shows the picture runs on the same cores.
    startRuntime(request.threads, { idle: 'sleep' });
    runModelsOn({ engine: request.engine, threads: request.threads });
    takeIn(request);
  } catch (error) {
    send({ id, type: 'failed', ...failureOf(error) });
    return;
  }
  if (waiting) send({ id: waiting.id, type: 'stale' });
  waiting = request;
  if (!busy) void work();
  // The pen is up: what comes now is the picture that is waited for.
  else if (busy.quality === 'draft' && request.quality === 'full') busy.painting.interrupt();
}
