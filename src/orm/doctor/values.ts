import type { Column } from '../../model/column.js'
import { not, propertiesOf } from '../../model/predicate.js'
import type { EngineType } from '../dialects/engines.js'
import { columnOf, schemaSql } from '../schema/column-terms.js'
import { malformed } from './malformed.js'
import { columnsOf, type Patient, type Question } from './question.js'

/** Values that columns of traits cannot hold on an engine that enforces types, or where their constraints are gone. */
export function values(patient: Patient): readonly Question[] {
  const { dataSource, metadata, model } = patient
  return Object.entries(model.columns).flatMap(([property, column]): readonly Question[] => {
    const stored = columnOf(metadata, property)
    // A property with a `@Column` of its own may hold something else.
    if (!stored || stored.type !== dataSource.dialect.columnOptions(column).type) return []
    const name = dataSource.driver.escape(stored.databaseName)
    const found = [...empty(column, name), ...malformed(dataSource.options.type as EngineType, column, name)]
    const questions = found.map(({ is, condition }) => ({
      problem: `has a ${property} that ${is}`,
      remedy: `Write a right value of "${property}" into these rows.`,
      contributor: column.contributor,
      columns: [stored.databaseName],
      condition,
    }))
    return [...questions, ...disagreeing(patient, property, column, name)]
  })
}

interface Wrong {
  readonly is: string
  readonly condition: string
}

function empty({ nullable, primary, generated }: Column, name: string): readonly Wrong[] {
  return nullable || primary || generated ? [] : [{ is: 'is null', condition: `${name} IS NULL` }]
}

/** A column that was made an ordinary one, or filled by hand, may say something else than its row. */
function disagreeing(
  patient: Patient,
  property: string,
  { generated, contributor }: Patient['model']['columns'][string],
  name: string,
): readonly Question[] {
  if (!generated) return []
  const { dataSource, metadata } = patient
  const { dialect } = dataSource
  const [yes, no] = [generated, not(generated)].map((predicate) => schemaSql(predicate, metadata, dialect))
  return [
    {
      problem: `has a ${property} that disagrees with what it is computed from`,
      remedy: 'Let the database compute the column again: `proveSchema()` says how.',
      contributor,
      columns: columnsOf(patient, [property, ...propertiesOf(generated)]),
      condition: `(${name} IS NULL OR (${yes} AND ${name} = ${dialect.literal(false)}) OR (${no} AND ${name} = ${dialect.literal(true)}))`,
    },
  ]
}
