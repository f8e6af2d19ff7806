import type { QueryRunner } from 'typeorm'
import { ConflictError } from '../../errors/exceptions.js'
import { pointerTo } from '../../errors/json-pointer.js'
import { valueText } from '../../model/counter-key.js'
import type { RowData } from '../../model/matches.js'
import type { ModelDataSource } from '../data-source.js'
import { errorKindOf } from '../errors/error-kind.js'
import { type VisibleKey, visibleKeys } from '../schema/visible-keys.js'
import { chunks } from '../writes/groups.js'
import { rowReading, storedValue } from '../writes/stored-rows.js'
import { TableStatement } from '../writes/table-statement.js'
import { followersOf, type NamedVerb, type WrittenRows } from './follow.js'
import { type Search, scopesOf } from './related-rows.js'
import { storedAgain } from './stored-again.js'

/** A hidden row that cannot come back, because a visible one has what must be unique. */
export interface Clash {
  readonly entity: string
  readonly id: unknown
  /** The properties whose values are taken. */
  readonly fields: readonly string[]
  /** The primary key of the visible row that has them. */
  readonly liveId: unknown
}

/** The clashes of hidden rows with visible ones, by whatever is unique among visible rows. */
export async function clashesOf(search: Search, part: WrittenRows): Promise<readonly Clash[]> {
  const keys = visibleKeys(part.metadata, part.model)
  if (keys.length === 0) return []
  const rows = await storedAgain(search, part)
  const found: Clash[] = []
  for (const key of keys) found.push(...(await clashesBy(search, part, key, rows)))
  return found
}

/** Few enough that the condition stays shallow. */
const atOnce = 100

async function clashesBy(
  { dataSource, runner }: Search,
  { model, metadata }: WrittenRows,
  { columns, fields }: VisibleKey,
  rows: readonly RowData[],
): Promise<readonly Clash[]> {
  const clashes: Clash[] = []
  const { names, rowFrom } = rowReading(metadata)
  for (const chunk of chunks(
    rows.filter((row) => isWhole(row, columns)),
    atOnce,
  )) {
    const statement = new TableStatement(dataSource, metadata)
    const same = chunk.map((row) => statement.holds(columns, row)).join(' OR ')
    const condition = `${statement.where(...scopesOf(model, 'visible'))} AND (${same})`
    const { records } = await statement.run(runner, `SELECT ${names} FROM ${statement.table}${condition}`)
    const found = records.map(rowFrom)
    const live = new Map(found.map((row) => [textOf(row, columns), row]))
    for (const row of chunk) {
      const taken = live.get(textOf(row, columns))
      if (taken) clashes.push({ entity: model.name, id: idOf(metadata, row), fields, liveId: idOf(metadata, taken) })
    }
  }
  return clashes
}

/** What is needed to find out why rows could not come back. */
export interface Attempt extends NamedVerb {
  readonly dataSource: ModelDataSource
  /** Where no unit is running: the connection of the caller. */
  readonly runner?: QueryRunner
  /** The rows the caller named. */
  read(): Promise<readonly WrittenRows[]>
}

/**
 * Brings rows back, and names what is in the way where something unique is taken.
 * @throws {ConflictError} `DUPLICATE` with the clash in its details.
 */
export async function namingClashes<T>(attempt: Attempt, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (errorKindOf(error) !== 'duplicate') throw error
    const clash = await firstClash(attempt)
    throw clash ? clashing(clash, error) : error
  }
}

async function firstClash(attempt: Attempt): Promise<Clash | undefined> {
  const runner = attempt.runner ?? attempt.dataSource.createQueryRunner()
  const search = { dataSource: attempt.dataSource, runner, locked: false }
  try {
    for (const part of await attempt.read()) {
      for (const returning of [part, ...(await followersOf(search, attempt, part))]) {
        const [clash] = await clashesOf(search, returning)
        if (clash) return clash
      }
    }
    return undefined
  } finally {
    if (runner !== attempt.runner) await runner.release()
  }
}

function clashing({ entity, id, fields, liveId }: Clash, cause: unknown): ConflictError {
  const named = fields.join(', ')
  return new ConflictError(`This ${entity} cannot come back: another has the same ${named} now.`, {
    errorCode: 'DUPLICATE',
    names: fields,
    errors: fields.map((field) => ({ pointer: pointerTo(field), code: 'unique', message: 'is already in use' })),
    details: { entity, id, fields, liveId },
    told: { details: { entity, fields } },
    cause,
  })
}

/** Null is never equal to anything. */
const isWhole = (row: RowData, columns: VisibleKey['columns']): boolean =>
  columns.every((column) => (storedValue(row, column) ?? null) !== null)

const textOf = (row: RowData, columns: VisibleKey['columns']): string =>
  JSON.stringify(columns.map((column) => valueText(storedValue(row, column))))

const idOf = ({ primaryColumns }: WrittenRows['metadata'], row: RowData): unknown =>
  primaryColumns.length === 1
    ? primaryColumns[0]!.getEntityValue(row)
    : primaryColumns.map((key) => key.getEntityValue(row) as unknown)
