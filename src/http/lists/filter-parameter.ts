import type { ValueKind } from '../../model/entity-description.js'
import type { ColumnPath } from '../../orm/lists/column-path.js'
import type { Condition } from '../../orm/lists/condition.js'
import type { Checked } from '../../serializer/value-check.js'
import type { ParameterReading, QueryParameter } from '../query/query-reader.js'
import { isTextOperator, operatorMeanings, testOf } from './filter-operators.js'
import { splitList, type ValueReader, valueLimit, valueReaderOf } from './filter-value.js'
import type { FilterOperator } from './list-options.js'
import { type JsonSchema, valueSchema } from './value-schema.js'
import { isWithheld } from './withheld.js'

/** A filter with one operator: a parameter, and the condition it makes. */
export interface FilterParameter extends QueryParameter {
  readonly outside: string
  readonly path: ColumnPath
  /** The condition that stands for what was read. */
  readonly condition: (read: unknown) => Condition
}

/** The most values in one `in`. */
const mostValues = 100

/** Makes the parameter of one operator of a filter. */
export function filterParameter(
  { name, outside }: { readonly name: string; readonly outside: string },
  path: ColumnPath,
  operator: FilterOperator,
  kind: ValueKind = path.kind,
): FilterParameter {
  const asked = (of: string): string => (operator === 'eq' ? of : `${of}__${operator}`)
  const read = readerOf(operator, kind)
  return {
    name: asked(name),
    outside: asked(outside),
    tells: (withheld) => isWithheld(path, withheld),
    path,
    description: {
      name: asked(outside),
      in: 'query',
      description: `Lists only what has a \`${outside}\` that ${operatorMeanings[operator]}.`,
      schema: schemaOf(operator, kind),
      ...((operator === 'in' || operator === 'range') && { explode: false }),
    },
    read: (text) => (text === undefined ? { value: undefined } : limited(text, read)),
    condition: (value) => ({ path, test: testOf(operator, value) }),
  }
}

function limited(text: string, read: (text: string) => ParameterReading): ParameterReading {
  if (Buffer.byteLength(text) <= valueLimit) return read(text)
  return { code: 'max_length', message: `must have at most ${valueLimit} bytes`, params: { max: valueLimit } }
}

function readerOf(operator: FilterOperator, kind: ValueKind): (text: string) => ParameterReading {
  if (operator === 'isnull') return valueReaderOf({ kind: 'boolean' })
  if (isTextOperator(operator)) return readPiece
  const read = valueReaderOf(kind)
  if (operator === 'in') return (text) => readList(splitList(text), read)
  if (operator === 'range') return (text) => readRange(splitList(text), read)
  return read
}

const anyText = valueReaderOf({ kind: 'string' })

function readPiece(text: string): ParameterReading {
  return text === '' ? { code: 'empty', message: 'must not be empty' } : anyText(text)
}

function readList(texts: readonly string[], read: ValueReader): ParameterReading {
  if (texts.length <= mostValues) return readAll(texts, read)
  return { code: 'max_items', message: `must have at most ${mostValues} values`, params: { max: mostValues } }
}

function readRange(texts: readonly string[], read: ValueReader): ParameterReading {
  if (texts.length === 2) return readAll(texts, read)
  return { code: 'range', message: 'must be two values with a comma between them' }
}

/** All values, or what is wrong with the first that is wrong. */
function readAll(texts: readonly string[], read: ValueReader): Checked {
  const values: unknown[] = []
  for (const text of texts) {
    const checked = read(text)
    if (!('value' in checked)) return checked
    values.push(checked.value)
  }
  return { value: values }
}

function schemaOf(operator: FilterOperator, kind: ValueKind): JsonSchema {
  if (operator === 'isnull') return { type: 'boolean' }
  if (isTextOperator(operator)) return { type: 'string', minLength: 1 }
  const items = valueSchema(kind)
  if (operator === 'in') return { type: 'array', items, minItems: 1, maxItems: mostValues }
  return operator === 'range' ? { type: 'array', items, minItems: 2, maxItems: 2 } : items
}
