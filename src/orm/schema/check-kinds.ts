import type { Mistakes } from '../../errors/definition-error.js'
import { labelOf } from '../../model/applied-traits.js'
import type { ColumnType } from '../../model/column.js'
import type { ValueKind } from '../../model/entity-description.js'
import type { Model } from '../../model/model.js'
import { writtenKind } from '../value-kind.js'
import type { ModelStorage } from './model-storage.js'

type Kind = ValueKind['kind']

const numbers: readonly Kind[] = ['integer', 'number', 'bigint', 'decimal']
// Dates and times of day are texts in memory.
const texts: readonly Kind[] = ['string', 'enum', 'uuid', 'date', 'time']

/** The kinds of values that a column of a trait may have where an application declares it. */
const fitting: Readonly<Record<ColumnType, readonly Kind[]>> = {
  uuid: ['uuid', 'string'],
  integer: numbers,
  float: numbers,
  string: texts,
  text: texts,
  // Some engines keep them as numbers, and some applications do.
  boolean: ['boolean', 'integer'],
  timestamp: ['timestamp'],
  json: ['json'],
}

/**
 * Adds the columns of the application's own that take the place of one that a trait gives, and whose values are certain to be of
 * another kind: a property of which the trait says that it is a Date would hold a text.
 */
export function checkKinds({ entity, name, columns }: Model, storage: ModelStorage, mistakes: Mistakes): void {
  for (const [property, { type, contributor }] of Object.entries(columns)) {
    const declared = storage.declaredColumn(entity, property)
    // What a transformer makes of a value is not known, nor is what lists are for.
    if (declared === undefined || declared.options.transformer || declared.options.array) continue
    const kind = writtenKind(declared.options.type)
    if (kind === undefined || fitting[type].includes(kind)) continue
    mistakes.add({
      code: 'E_COLUMN_KIND',
      subject: name,
      problem: `"${property}" is declared as ${nameOf(declared.options.type)}, where the trait ${contributor.trait} gives a column of the type "${type}".`,
      places: [labelOf(contributor)],
      remedy: `Take its @Column away, so that the trait gives it, or declare a type that holds the same values, or a transformer.`,
    })
  }
}

const nameOf = (type: unknown): string => (typeof type === 'function' ? type.name : `"${String(type)}"`)
