import type { EntityMetadata, QueryRunner } from 'typeorm'
import { shortText } from '../helpers/short-text.js'
import { type Application, identityOf } from '../model/application.js'
import { counterKey } from '../model/counter-key.js'
import type { RowData } from '../model/matches.js'
import type { Model } from '../model/model.js'
import { valueOf } from '../model/operand.js'
import { propertiesOf } from '../model/predicate.js'
import { isLocked } from '../model/scope.js'
import type { ModelDataSource } from './data-source.js'
import type { LockTable } from './dialects/insert-dialect.js'
import { escapedColumn, escapedPath } from './table-names.js'

/** The table of counters, one for each data source that has a rule with locks. */
export const countersTable = 'plinth_counters'

/** The longest key a counter has. */
export const longestKey = 200

/** Whether rules of an entity use counters. */
export function usesCounters({ rules, verbs }: Model): boolean {
  const all = [...rules.update, ...rules.delete, ...rules.enter, ...rules.leave, ...Object.values(verbs)]
  return all.some((rule) => rule.locks !== undefined)
}

/**
 * The key of a counter as it is stored. Two entities, two applications of traits, and two contexts that a locked scope keeps apart
 * never share one.
 */
export function storedKey(table: string, application: Application, model: Model, row: RowData, key: string): string {
  return shortText(`${keyStart(table, application, model, row)}|${key}`, longestKey)
}

/** Of entities whose rows nothing keeps apart, what the keys of an application begin with: every row of a call asks for it. */
const starts = new WeakMap<Application, { readonly table: string; readonly start: string }>()

function keyStart(table: string, application: Application, model: Model, row: RowData): string {
  const properties = apart(model)
  if (properties.length > 0) {
    return counterKey(table, identityOf(application), ...properties.map((property) => row[property]))
  }
  const known = starts.get(application)
  if (known?.table === table) return known.start
  const start = counterKey(table, identityOf(application))
  starts.set(application, { table, start })
  return start
}

/** The stored keys of the locks under which a row with these values enters and leaves. */
export function passageLocks(dataSource: ModelDataSource, model: Model, values: RowData): readonly string[] {
  const { tablePath } = dataSource.getMetadata(model.entity)
  const row = { ...contextValues(model), ...values }
  const keys = [...model.rules.leave, ...model.rules.enter].flatMap((rule) =>
    [rule.locks?.(row) ?? []].flat().map((key) => storedKey(tablePath, rule.contributor, model, row, key)),
  )
  return [...new Set(keys)].sort()
}

/** What locked scopes want of properties, read from the context. */
export function contextValues({ scopes }: Model): RowData {
  const locked = Object.values(scopes).filter(isLocked)
  const equal = locked.flatMap(({ where }) => (where.op === 'eq' ? [[where.property, valueOf(where.value)]] : []))
  return Object.fromEntries(equal)
}

/**
 * Text that is the same for rows that no locked scope keeps apart, e.g. those of one tenant. Traits put it into the keys
 * of tables of their own, which no scope guards.
 * @param row unless given, rows that the context may see.
 */
export function partitionOf(model: Model, row: RowData = contextValues(model)): string {
  return counterKey(...apart(model).map((property) => row[property]))
}

const properties = new WeakMap<Model, readonly string[]>()

/** The properties whose values locked scopes compare with the context. Every row of a call asks for them. */
function apart(model: Model): readonly string[] {
  const known = properties.get(model)
  if (known) return known
  const locked = Object.values(model.scopes).filter((scope) => scope.locked)
  const found = [...new Set(locked.flatMap(({ where }) => propertiesOf(where)))].sort()
  properties.set(model, found)
  return found
}

/** How many counters one statement names. */
const mostCounters = 500

/**
 * Locks counters until the transaction ends, in the order given, and makes those that are new.
 * @param before what stands in front of the statements.
 */
export async function lockCounters(
  dataSource: ModelDataSource,
  runner: QueryRunner,
  keys: readonly string[],
  before = '',
): Promise<void> {
  const { driver } = dataSource
  const { table, key, number } = lockTable(dataSource)
  const tail = `${dataSource.dialect.onDuplicate(key)} ${number} = ${table}.${number}`
  for (let start = 0; start < keys.length; start += mostCounters) {
    const some = keys.slice(start, start + mostCounters)
    // There are so many of them that names would cost more than the rest.
    const rows = some.map((_, index) => `(${driver.createParameter('', index)}, 0)`).join(', ')
    await runner.query(`${before}INSERT INTO ${table} (${key}, ${number}) VALUES ${rows} ${tail}`, some)
  }
}

/** Takes the next numbers of a counter, and gives the last of them. */
export async function nextNumber(
  dataSource: ModelDataSource,
  runner: QueryRunner,
  stored: string,
  count = 1,
): Promise<number> {
  const numbers = await nextNumbers(dataSource, runner, [{ stored, count }])
  return numbers.get(stored)!
}

/** The text by which one number of a counter is taken and given, around its key; undefined where that takes two statements. */
export function nextNumberText(dataSource: ModelDataSource): readonly [before: string, after: string] | undefined {
  const { dialect } = dataSource
  if (!dialect.returnsUpserts) return undefined
  const { table, key, number } = lockTable(dataSource)
  const counted = `${dialect.onDuplicate(key)} ${number} = ${table}.${number} + 1 RETURNING ${number}`
  return [`INSERT INTO ${table} (${key}, ${number}) VALUES (`, `, 1) ${counted}`]
}

/** How many numbers are taken of the counter with a stored key. */
export interface StoredStep {
  readonly stored: string
  readonly count: number
}

/** Takes numbers of several counters, and gives the last of each. Those of which none are taken are locked as well. */
export async function nextNumbers(
  dataSource: ModelDataSource,
  runner: QueryRunner,
  steps: readonly StoredStep[],
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  for (const { stored, count } of steps) counts.set(stored, (counts.get(stored) ?? 0) + count)
  const numbers = new Map<string, number>()
  // In the order of locks, so that no two units wait for each other.
  const sorted = [...counts.keys()].sort()
  for (let start = 0; start < sorted.length; start += mostCounters) {
    const some = sorted.slice(start, start + mostCounters)
    const added = some.map((stored) => counts.get(stored)!)
    for (const [stored, number] of await advance(dataSource, runner, some, added)) numbers.set(stored, number)
  }
  return numbers
}

/** Adds to counters, and reads them: by one statement where the engine can. */
async function advance(
  dataSource: ModelDataSource,
  runner: QueryRunner,
  keys: readonly string[],
  counts: readonly number[],
): Promise<Numbers> {
  const { dialect, driver } = dataSource
  const { table, key, number } = lockTable(dataSource)
  const values = keys.flatMap((stored, index) => [stored, counts[index]!])
  const rows = keys
    .map((_, index) => `(${driver.createParameter('', 2 * index)}, ${driver.createParameter('', 2 * index + 1)})`)
    .join(', ')
  const returned = dialect.returnsUpserts ? ` RETURNING ${key} AS k, ${number} AS n` : ''
  const found: unknown = await runner.query(
    `INSERT INTO ${table} (${key}, ${number}) VALUES ${rows} ${dialect.onDuplicate(key)} ` +
      `${number} = ${table}.${number} + ${dialect.proposed(number)}${returned}`,
    values,
  )
  return dialect.returnsUpserts ? numbersIn(found) : readNumbers(dataSource, runner, keys)
}

type Numbers = readonly (readonly [stored: string, number: number])[]

async function readNumbers(
  dataSource: ModelDataSource,
  runner: QueryRunner,
  keys: readonly string[],
): Promise<Numbers> {
  const { table, key, number } = lockTable(dataSource)
  const sql = `SELECT ${key} AS k, ${number} AS n FROM ${table} WHERE ${key} IN (:...keys)`
  return numbersIn(await run(dataSource, runner, sql, { keys }))
}

function numbersIn(found: unknown): Numbers {
  const rows = found as readonly { readonly k: string; readonly n: string | number }[]
  return rows.map(({ k, n }) => [k, Number(n)])
}

/**
 * The number a counter has reached.
 * @param reading what stands behind the SELECT.
 */
export async function readNumber(
  dataSource: ModelDataSource,
  runner: QueryRunner,
  stored: string,
  reading: string,
): Promise<number> {
  const { table, key, number } = lockTable(dataSource)
  const sql = `SELECT ${number} AS n FROM ${table} WHERE ${key} = :stored${reading}`
  const found = await run(dataSource, runner, sql, { stored })
  return Number((found as readonly { readonly n: string | number }[])[0]?.n ?? 0)
}

const lockTables = new WeakMap<EntityMetadata, LockTable>()

/** The table of counters, whose rows are the locks of rules. */
export function lockTable(dataSource: ModelDataSource): LockTable {
  const metadata = dataSource.getMetadata(countersTable)
  const known = lockTables.get(metadata)
  if (known) return known
  const name = (property: string): string => escapedColumn(dataSource, metadata, property)
  const made = { table: escapedPath(dataSource, metadata), key: name('key'), number: name('n') }
  lockTables.set(metadata, made)
  return made
}

function run({ driver }: ModelDataSource, runner: QueryRunner, sql: string, values: RowData): Promise<unknown> {
  const [query, parameters] = driver.escapeQueryWithParameters(sql, { ...values })
  return runner.query(query, parameters)
}
