import type { DataSource, EntityMetadata } from 'typeorm'
import { UsageError } from '../../errors/usage-error.js'
import { type Columns, column } from '../../model/column.js'
import type { Model } from '../../model/model.js'
import { countersTable, longestKey, usesCounters } from '../counters.js'
import type { ModelDataSource } from '../data-source.js'
import { journalColumns, journalTable, usesJournal } from '../deletion/journal.js'
import type { Dialect } from '../dialects/dialect.js'
import type { ModelStorage } from './model-storage.js'

/**
 * Declares the tables that no class stands for: those of traits, the counters where a rule has locks, and the journal of
 * links where a relation is detached. As tables
 * that TypeORM knows they are part of its schema and of migrations.
 * @returns the names TypeORM knows them by.
 */
export function declareCompanions(dataSource: ModelDataSource, storage: ModelStorage): readonly string[] {
  const { dialect, tables } = dataSource
  const { models } = dataSource.registry
  const names: string[] = []
  const targets: Targets = new Map()
  known.set(dataSource, targets)
  for (const { name, columns } of tables) {
    declare({ target: name, name }, columns, storage, dialect)
    names.push(name)
  }
  for (const model of models) {
    const above = new Set(storage.sharedBy(model.entity).flatMap(({ tables }) => Object.keys(tables)))
    for (const [name, { columns }] of Object.entries(model.tables)) {
      if (above.has(name)) continue
      const target = freeName(`${model.name}_${name}`, names)
      targets.set(model.entity, new Map(targets.get(model.entity)).set(name, target))
      const { name: given, ...place } = storage.placeOf(model.entity)
      declare({ target, ...place, ...(given !== undefined && { name: `${given}_${name}` }) }, columns, storage, dialect)
      names.push(target)
    }
  }
  const shared: readonly (readonly [name: string, columns: Columns, used: (model: Model) => boolean])[] = [
    [countersTable, counters, usesCounters],
    [journalTable, journalColumns, usesJournal],
  ]
  for (const [name, columns, used] of shared) {
    if (!models.some(used)) continue
    declare({ target: name, name }, columns, storage, dialect)
    names.push(name)
  }
  return names
}

/** The table of a trait by the name the trait gives it. */
export function companionMetadata(dataSource: DataSource, owner: EntityMetadata, name: string): EntityMetadata {
  const target = known.get(dataSource)?.get(owner.target)?.get(name)
  if (target !== undefined) return dataSource.getMetadata(target)
  // In a shared table the trait may stand on an entity above.
  if (owner.tableType === 'entity-child') return companionMetadata(dataSource, owner.parentEntityMetadata, name)
  throw new UsageError('E_MISSING_PART', `${owner.name} has no table "${name}"; traits declare theirs in \`tables\`.`)
}

/** By which names TypeORM knows the tables of traits, by the entity and the names that traits give them. */
type Targets = Map<unknown, ReadonlyMap<string, string>>

const known = new WeakMap<DataSource, Targets>()

/** Two entities may have one name. */
function freeName(wanted: string, taken: readonly string[]): string {
  let name = wanted
  for (let number = 2; taken.includes(name); number += 1) name = `${wanted}_${number}`
  return name
}

const counters: Columns = {
  key: column.string({ length: longestKey, primary: true, exact: true }),
  n: column.integer(),
}

interface TablePlace {
  readonly target: string
  readonly name?: string
  readonly schema?: string
  readonly database?: string
}

function declare(table: TablePlace, columns: Columns, storage: ModelStorage, dialect: Dialect): void {
  storage.tables.push({ ...table, type: 'regular' })
  for (const [property, description] of Object.entries(columns)) {
    storage.addColumn(table.target, property, dialect.columnOptions(description))
    if (description.index) storage.indices.push({ target: table.target, columns: [property] })
  }
}
