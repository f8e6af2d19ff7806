import type { ObjectLiteral } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { RelationMetadata } from 'typeorm/metadata/RelationMetadata.js'
import type { ModelDataSource } from '../data-source.js'
import { Slot } from '../reads/slot.js'
import type { ScopedSelectQueryBuilder } from '../scopes/scoped-select-query-builder.js'
import { listEngineOf } from './engines/engines.js'
import type { ListEngine } from './engines/list-engine.js'

/** The SELECT of a list while it is being written. */
export class ListStatement<E extends ObjectLiteral = ObjectLiteral> {
  readonly builder: ScopedSelectQueryBuilder<E>
  readonly dataSource: ModelDataSource
  readonly engine: ListEngine
  #names = 0

  constructor(builder: ScopedSelectQueryBuilder<E>) {
    this.builder = builder
    this.dataSource = builder.dataSource
    this.engine = listEngineOf(this.dataSource)
  }

  get alias(): string {
    return this.builder.alias
  }

  /** Binds a value, as a column stores it where it is told one, and gives the SQL that stands for it. */
  readonly bind = (value: unknown, column?: ColumnMetadata): string => {
    const name = this.name('value')
    const slot = value instanceof Slot ? value : undefined
    const given: unknown = slot ? slot.get() : value
    this.builder.setParameter(name, column ? this.dataSource.driver.preparePersistentValue(given, column) : given)
    if (slot) this.builder.bindings?.set(name, { operand: slot, ...(column && { column }) })
    return `:${name}`
  }

  /** A name that the statement does not have yet. */
  name(kind: string): string {
    return `list_${kind}_${++this.#names}`
  }

  /** A column of an alias, as SQL. */
  column(alias: string, { databaseName }: ColumnMetadata): string {
    return `${this.builder.escape(alias)}.${this.builder.escape(databaseName)}`
  }

  /**
   * That a row which is related to those of an alias passes a test, as SQL. Default scopes hide related rows as they hide
   * others; and however many pass, no row of the alias is doubled.
   */
  some(alias: string, relations: readonly RelationMetadata[], test: (alias: string) => string): string {
    const [relation, ...others] = relations
    if (!relation) return test(alias)
    const name = this.name('related')
    const related = this.dataSource.createQueryBuilder(relation.inverseEntityMetadata.target, name).select('1')
    related.where(this.#isRelated(alias, name, relation)).andWhere(this.some(name, others, test))
    const sql = related.orderBy().getQuery()
    this.builder.setParameters(related.getParameters())
    return `EXISTS (${sql})`
  }

  #isRelated(alias: string, name: string, relation: RelationMetadata): string {
    if (relation.isManyToMany) return this.#isLinked(alias, name, relation)
    const columns = (relation.isWithJoinColumn ? relation : relation.inverseRelation)?.joinColumns ?? []
    const [holder, referred] = relation.isWithJoinColumn ? [alias, name] : [name, alias]
    return columns
      .map((column) => `${this.column(holder, column)} = ${this.column(referred, column.referencedColumn!)}`)
      .join(' AND ')
  }

  #isLinked(alias: string, name: string, relation: RelationMetadata): string {
    const owning = relation.isOwning ? relation : relation.inverseRelation!
    const [here, there] = relation.isOwning
      ? [owning.joinColumns, owning.inverseJoinColumns]
      : [owning.inverseJoinColumns, owning.joinColumns]
    const link = this.name('link')
    const equal = (other: string) => (column: ColumnMetadata) =>
      `${this.column(link, column)} = ${this.column(other, column.referencedColumn!)}`
    const table = relation.junctionEntityMetadata!.tablePath.split('.').map((part) => this.builder.escape(part))
    const conditions = [...here.map(equal(alias)), ...there.map(equal(name))].join(' AND ')
    return `EXISTS (SELECT 1 FROM ${table.join('.')} ${this.builder.escape(link)} WHERE ${conditions})`
  }
}
