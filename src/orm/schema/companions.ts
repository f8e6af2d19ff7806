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
  const names = new FreeNames()
  const targets: Targets = new Map()
  known.set(dataSource, targets)
  for (const { name, columns } of tables) {
    declare({ target: names.keep(name), name }, columns, storage, dialect)
  }
  for (const model of models) {
    const above = new Set(storage.sharedBy(model.entity).flatMap(({ tables }) => Object.keys(tables)))
    for (const [name, { columns }] of Object.entries(model.tables)) {
      if (above.has(name)) continue
      const target = names.take(`${model.name}_${name}`)
      targets.set(model.entity, new Map(targets.get(model.entity)).set(name, target))
      const { name: given, ...place } = storage.placeOf(model.entity)
      declare({ target, ...place, ...(given !== undefined && { name: `${given}_${name}` }) }, columns, storage, dialect)
    }
  }
  const shared: readonly (readonly [name: string, columns: Columns, used: (model: Model) => boolean])[] = [
    [countersTable, counters, usesCounters],
    [journalTable, journalColumns, usesJournal],
  ]
  for (const [name, columns, used] of shared) {
    if (!models.some(used)) continue
    declare({ target: names.keep(name), name }, columns, storage, dialect)
  }
  return names.taken
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

/** Gives names that nobody has: two entities may have one name. */
class FreeNames {
  readonly #taken = new Set<string>()
  /** The last number that was given behind a name. */
  readonly #last = new Map<string, number>()

  /** The names, in the order in which they were taken. */
  get taken(): readonly string[] {
    return [...this.#taken]
  }

  /** Takes a name as it is. */
  keep(name: string): string {
    this.#taken.add(name)
    return name
  }

  /** Takes a name, or the name with a number where somebody has it. */
  take(wanted: string): string {
    let name = wanted
    let number = this.#last.get(wanted) ?? 1
    while (this.#taken.has(name)) name = `${wanted}_${(number += 1)}`
    this.#last.set(wanted, number)
    return this.keep(name)
  }
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
