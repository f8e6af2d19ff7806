import type { QueryRunner } from 'typeorm'
import type { Query } from 'typeorm/driver/Query.js'
import { RdbmsSchemaBuilder } from 'typeorm/schema-builder/RdbmsSchemaBuilder.js'
import type { Comparable } from '../../model/operand.js'
import type { ModelDataSource } from '../data-source.js'

/** Records the statements by which a runner would change the schema, without sending them. */
export class Ddl {
  readonly runner: QueryRunner
  readonly #dataSource: ModelDataSource
  readonly #around: readonly [string, string] | undefined
  #hasExpressionTable: boolean
  #start = 0

  private constructor(
    dataSource: ModelDataSource,
    runner: QueryRunner,
    around: readonly [string, string] | undefined,
    hasExpressionTable: boolean,
  ) {
    this.#dataSource = dataSource
    this.runner = runner
    this.#around = around
    this.#hasExpressionTable = hasExpressionTable
  }

  static async of(dataSource: ModelDataSource, runner: QueryRunner, around?: readonly [string, string]): Promise<Ddl> {
    const hasExpressionTable = await runner.hasTable(dataSource.metadataTableName)
    runner.enableSqlMemory()
    return new Ddl(dataSource, runner, around, hasExpressionTable)
  }

  /** The statements of some work, with their values written into them. */
  async record(work: (runner: QueryRunner) => Promise<unknown>): Promise<readonly string[]> {
    const queries = await this.#queriesOf(() => work(this.runner))
    const needsTable = queries.some((query) => query.includes(this.#dataSource.metadataTableName))
    const table = needsTable ? await this.#expressionTable() : []
    return this.around([...table, ...queries])
  }

  around(statements: readonly string[]): readonly string[] {
    if (!this.#around || !statements.some((statement) => /^DROP TABLE/i.test(statement))) return statements
    return [this.#around[0], ...statements, this.#around[1]]
  }

  /** TypeORM keeps the expressions of generated columns in a table, to see when an entity changes them. */
  async #expressionTable(): Promise<readonly string[]> {
    if (this.#hasExpressionTable) return []
    this.#hasExpressionTable = true
    const builder = new RdbmsSchemaBuilder(this.#dataSource) as unknown as {
      createTypeormMetadataTable(runner: QueryRunner): Promise<void>
    }
    return this.#queriesOf(() => builder.createTypeormMetadataTable(this.runner))
  }

  async #queriesOf(work: () => Promise<unknown>): Promise<readonly string[]> {
    this.#start = this.runner.getMemorySql().upQueries.length
    await work()
    return this.pending
  }

  /** What the present work has recorded so far. */
  get pending(): readonly string[] {
    const { dialect } = this.#dataSource
    const queries = this.runner.getMemorySql().upQueries.slice(this.#start)
    return queries.map((query) => inlined(query, (value) => dialect.literal(value)))
  }
}

function inlined({ query, parameters = [] }: Query, literal: (value: Comparable) => string): string {
  const written = (index: number): string => {
    const value: unknown = parameters[index]
    return value === null || value === undefined ? 'NULL' : literal(value as Comparable)
  }
  if (parameters.length === 0) return withoutEnd(query)
  let next = 0
  return withoutEnd(query.replace(/\$(\d+)|\?/g, (_, number?: string) => written(number ? Number(number) - 1 : next++)))
}

const withoutEnd = (query: string): string => query.trim().replace(/;$/, '')
