/**
 * The engine on which this process runs models of ours beside ONNX Runtime: the one that is chosen for trainings, where
 * it runs models too. Nothing waits for it: it is looked for, and tried, while the processor works.
 */
import { chooseEngine } from '../engines.ts';
import { EVERYWHERE, type Engine } from '../engine.ts';

export interface Card {
  freeze: NonNullable<Engine['freeze']>;
  /** As people call it. */
  device: string;
}

interface Asked {
  /** A row of `engines.ts`, or `auto`. */
  engine: string;
  threads: number;
  /** What the engine cannot do is an error, and not the processor's work. */
  insist?: boolean;
}

let asked: Asked | undefined;
let found: Promise<Card | null> | undefined;

/** Says which engine runs models in this process from now on. Unless it is said, the processor does; also where `cpu` is. */
export function runModelsOn(wanted: Asked): void {
  if (asked?.engine !== wanted.engine) found = undefined;
  asked = wanted;
}

/** Whether models may, or have to, run on one. */
export const wantsCard = (): 'no' | 'may' | 'insists' =>
  asked === undefined || asked.engine === EVERYWHERE ? 'no' : asked.insist ? 'insists' : 'may';

/** The card; null where the processor runs models alone. @throws UserError where an engine was named that is not there */
export const card = (): Promise<Card | null> => (found ??= find());

async function find(): Promise<Card | null> {
  if (!asked) return null;
  const { engine: name, threads } = asked;
  const engine = await chooseEngine(name, threads);
  const freeze = engine.freeze?.bind(engine);
  return freeze ? { freeze, device: (await engine.presence(threads)).device ?? engine.name } : null;
}
