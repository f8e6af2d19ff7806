import { checksOf } from '../../model/check.js'
import { propertiesOf } from '../../model/predicate.js'
import type { EngineType } from '../dialects/engines.js'
import { schemaSql } from '../schema/column-terms.js'
import { columnsOf, type Patient, type Question } from './question.js'

/** What traits promise of each row by itself. */
export function promises(patient: Patient): readonly Question[] {
  const { dataSource, metadata, model } = patient
  return checksOf(model).flatMap((check): readonly Question[] => {
    const { problem, remedy, contributor } = check
    if ('where' in check) {
      const condition = schemaSql(check.where, metadata, dataSource.dialect)
      return [{ problem, remedy, contributor, columns: columnsOf(patient, propertiesOf(check.where)), condition }]
    }
    if (!('json' in check)) return []
    const columns = columnsOf(patient, [check.json.property])
    const [column = ''] = columns
    const condition = isNot[dataSource.options.type as EngineType](dataSource.driver.escape(column), check.json.holds)
    return [{ problem, remedy, contributor, columns, condition }]
  })
}

type Condition = (column: string, holds: 'object' | 'array') => string

const inMysql: Condition = (column, holds) =>
  `(JSON_VALID(${column}) AND JSON_TYPE(${column}) <> '${holds.toUpperCase()}')`

const isNot: Readonly<Record<EngineType, Condition>> = {
  'better-sqlite3': (column, holds) =>
    `CASE WHEN json_valid(${column}) THEN json_type(${column}) <> '${holds}' ELSE FALSE END`,
  postgres: (column, holds) => `jsonb_typeof(${column}::jsonb) <> '${holds}'`,
  mariadb: inMysql,
  mysql: inMysql,
}
