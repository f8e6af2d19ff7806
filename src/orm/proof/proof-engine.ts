import type { QueryRunner, Table, TableColumn } from 'typeorm'
import type { ModelDataSource } from '../data-source.js'

/** Sends a statement. */
export type Ask = <T>(sql: string, parameters?: readonly unknown[]) => Promise<T>

/** Where the schema is looked at: by the connection of one runner, because there may be no other. */
export interface Looking {
  readonly dataSource: ModelDataSource
  readonly runner: QueryRunner
  /** Sends a statement by the runner. */
  readonly ask: Ask
}

/** What differs between engines when a schema is compared with what models need. */
export interface ProofEngine {
  /** The expressions of the generated columns of a table, as the engine reports them, by column. */
  expressionsOf(ask: Ask, table: Table): Promise<ReadonlyMap<string, string>>
  /**
   * Expressions over a table as the engine would report them once they are part of it; undefined for those it cannot
   * tell, which are then not compared.
   */
  reported(looking: Looking, table: Table, expressions: readonly string[]): Promise<readonly (string | undefined)[]>
  /** The conditions of the indexes of a table, as the engine reports them, by index; and those it does not maintain. */
  indexesOf(ask: Ask, table: Table): Promise<IndexFacts>
  /** The conditions of the checks of a table, as the engine reports them; absent where TypeORM makes none. */
  checksOf?(ask: Ask, table: Table): Promise<readonly string[]>
  /** How the columns of a table compare texts. */
  collationsOf(ask: Ask, table: Table): Promise<CollationFacts>
  /** The statements that make a column what it must be and keep its values; undefined where TypeORM's do. */
  alterColumn?(table: string, alteration: Alteration): readonly string[]
  /** The settings of sessions that models rely on and that are not as they must be. */
  session?(ask: Ask): Promise<SessionMistake | undefined>
  /** Whether a column cannot get another type while others are computed from it. */
  readonly holdsTypes?: true
  /** Statements to run before and after those that change a table. */
  readonly around?: readonly [string, string]
}

export interface IndexFacts {
  /** The columns of indexes, where TypeORM does not tell them in their order. */
  readonly columns?: ReadonlyMap<string, readonly string[]>
  readonly conditions: ReadonlyMap<string, string>
  /** Indexes that exist but do not hold, because the engine never finished building them. */
  readonly invalid: ReadonlySet<string>
  /** Indexes that compare texts otherwise than their columns do. */
  readonly collated?: ReadonlySet<string>
}

export interface CollationFacts {
  /** The collations of the columns that hold text, by column. */
  readonly of: ReadonlyMap<string, string>
  /** The columns by whose collation texts may be equal that differ, which models want nowhere unasked. */
  readonly loose: ReadonlySet<string>
}

export interface Alteration {
  readonly actual: TableColumn
  readonly wanted: TableColumn
  /** The escaped name of the column. */
  readonly name: string
  /** The types of both, as they are written in SQL. */
  readonly actualType: string
  readonly wantedType: string
  /** Whether the column compares texts otherwise than it must. */
  readonly recollated: boolean
}

export interface SessionMistake {
  readonly problem: string
  readonly statement: string
}
