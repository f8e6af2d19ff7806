import type { AnyClass } from '../../metadata/fact-kind.js'
import { labelOf } from '../../model/applied-traits.js'
import type { ModelDataSource } from '../data-source.js'
import { duplicates } from './duplicates.js'
import { orphans } from './orphans.js'
import { promises } from './promises.js'
import { type Patient, type Question, tableOf } from './question.js'
import { values } from './values.js'

/** Stored rows that break what a model promises. */
export interface Finding {
  /** The name of the entity. */
  readonly entity: string
  /** What is wrong with each of the rows, e.g. `has the same slug as another visible row, and must not`. */
  readonly problem: string
  /** How many rows. */
  readonly count: number
  /** The primary keys of the first of them, at most ten; of several columns, by property. */
  readonly ids: readonly unknown[]
  /** The declarations that promise otherwise. */
  readonly places: readonly string[]
  readonly remedy: string
}

interface Examined {
  /** All unless told. */
  readonly entities?: readonly AnyClass[]
}

/**
 * Looks for stored rows that break what models promise: hidden ones too, of every tenant. It changes nothing. Columns
 * and tables that are missing are left to `proveSchema()`. Each question reads its whole table, so it is for
 * maintenance, not for starts.
 */
export function doctor(dataSource: ModelDataSource, examined: Examined = {}): Promise<readonly Finding[]> {
  return dataSource.units.withoutLimits(() => examine(dataSource, examined))
}

async function examine(dataSource: ModelDataSource, { entities }: Examined): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  const present = await presentColumns(dataSource)
  for (const model of dataSource.registry.models) {
    const metadata = dataSource.getMetadata(model.entity)
    const columns = present.get(metadata.tableName)
    if (metadata.tableType === 'view' || !columns || (entities && !entities.includes(model.entity))) continue
    const patient: Patient = { dataSource, metadata, model }
    for (const question of questionsOf(patient)) {
      if (!question.columns.every((name) => columns.has(name))) continue
      const finding = await ask(patient, question)
      if (finding) findings.push(finding)
    }
  }
  return findings
}

function questionsOf(patient: Patient): readonly Question[] {
  return [...duplicates(patient), ...promises(patient), ...ofKind(patient, [...values(patient), ...orphans(patient)])]
}

/** In a shared table the columns of one kind of rows mean nothing for the others. */
function ofKind({ dataSource, metadata }: Patient, questions: readonly Question[]): readonly Question[] {
  const { discriminatorColumn, discriminatorValue, tableType } = metadata
  if (tableType !== 'entity-child' || !discriminatorColumn) return questions
  const value = dataSource.dialect.literal(String(discriminatorValue))
  const kind = `${dataSource.driver.escape(discriminatorColumn.databaseName)} = ${value}`
  return questions.map((question) => ({ ...question, condition: `(${question.condition}) AND ${kind}` }))
}

async function presentColumns(dataSource: ModelDataSource): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const runner = dataSource.createQueryRunner()
  try {
    const tables = await runner.getTables(dataSource.entityMetadatas.map(({ tablePath }) => tablePath))
    return new Map(
      tables.map((table) => [
        dataSource.driver.parseTableName(table).tableName,
        new Set(table.columns.map(({ name }) => name)),
      ]),
    )
  } finally {
    await runner.release()
  }
}

type Row = Readonly<Record<string, unknown>>

async function ask(patient: Patient, question: Question): Promise<Finding | undefined> {
  const { dataSource, metadata, model } = patient
  const { driver } = dataSource
  const from = `FROM ${tableOf(patient)} WHERE ${question.condition}`
  const [counted]: readonly Row[] = await dataSource.query(`SELECT COUNT(*) AS ${driver.escape('count')} ${from}`)
  const count = Number(counted?.['count'])
  if (count === 0) return undefined
  const keys = metadata.primaryColumns.map(({ databaseName }) => driver.escape(databaseName)).join(', ')
  const rows: readonly Row[] = await dataSource.query(`SELECT ${keys} ${from} ORDER BY ${keys} LIMIT 10`)
  const { problem, remedy, contributor } = question
  const places = contributor ? [labelOf(contributor)] : []
  return { entity: model.name, problem, count, ids: rows.map((row) => idOf(patient, row)), places, remedy }
}

function idOf({ metadata }: Patient, row: Row): unknown {
  const keys = metadata.primaryColumns.map(
    ({ propertyPath, databaseName }) => [propertyPath, row[databaseName]] as const,
  )
  return keys.length === 1 ? keys[0]?.[1] : Object.fromEntries(keys)
}
