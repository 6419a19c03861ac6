/** The families as forms: a field for every setting of the schema, the sizes that they take, and the presets. */
import { z } from 'zod';
import { FAMILIES } from '../../models/families/index.ts';
import type { Family as Declared } from '../../models/families/family.ts';
import type { Family, Field } from '../../preload/contract/index.ts';

/** Sizes are offered in steps of the field's usual ones. */
const SIZES = [32, 64, 96, 128, 192, 256, 384, 512];

/** Every family, for the Train form. */
export const familyForms = (): Family[] => [...FAMILIES.values()].map(formOf);

function formOf(family: Declared): Family {
  return {
    id: family.id,
    title: family.title,
    about: family.about,
    paper: family.paper,
    data: family.data,
    does: family.does,
    batch: family.batch,
    varied: family.varied,
    opaque: family.opaque === true,
    sizes: SIZES.filter((size) => family.refuseSize(size) === null),
    fields: Object.entries(family.settings.shape).map(([name, schema]) => fieldOf(name, schema as z.ZodType)),
    presets: family.presets,
  };
}

interface JsonSchema {
  type?: string;
  description?: string;
  default?: number | string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  enum?: string[];
}

function fieldOf(name: string, schema: z.ZodType): Field {
  const json = z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
  return {
    name,
    description: json.description ?? name,
    type: json.enum ? 'choice' : json.type === 'integer' ? 'integer' : 'number',
    preset: json.default ?? 0,
    minimum: json.minimum ?? json.exclusiveMinimum ?? null,
    maximum: json.maximum ?? null,
    choices: json.enum ?? [],
  };
}
