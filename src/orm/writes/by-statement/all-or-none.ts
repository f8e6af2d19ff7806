import type { ModelDataSource } from '../../data-source.js'
import type { EngineType } from '../../dialects/engines.js'
import type { EntityRow } from '../../entity-row.js'
import type { Selection } from '../../selection.js'
import { TableStatement } from '../table-statement.js'
import { addRowsCondition } from './rows-condition.js'
import { StatementText } from './statement-text.js'

/** Rows of a selection that a statement names by their keys, each once. */
export interface NamedRows {
  readonly rows: Selection<EntityRow>
  /** The keys as they are stored: texts or numbers. */
  readonly keys: readonly (string | number)[]
  /** The scopes that what is done to the rows does not see. */
  readonly past?: readonly string[] | undefined
}

/** Adds a part of a statement; false where it cannot be written. */
export type Part = (statement: StatementText) => boolean

/** How the rows that are named stand in statements of an engine, whose text does not depend on how many they are. */
export interface NamingRows {
  /** What is read with each row, behind its columns, to know its version; undefined where rows have none. */
  readonly version?: string
  /** Adds the condition of the rows that are named and that the selection shows. */
  add(statement: StatementText, named: NamedRows): boolean
  /**
   * An UPDATE that writes all rows that are named, or none where the selection does not show one of them.
   * @param versions those that rows had when they were looked at, in the order of the keys: others are not written.
   */
  update(named: NamedRows, set: Part, versions?: readonly unknown[]): StatementText | undefined
}

interface Names {
  readonly dataSource: ModelDataSource
  readonly table: string
  readonly key: string
}

function namesOf({ metadata, manager: { dataSource } }: Selection<EntityRow>['repository']): Names {
  const statement = new TableStatement(dataSource, metadata)
  return { dataSource, table: statement.table, key: statement.key }
}

/**
 * Rows are locked in the order of their keys as they are found, and looked at again as whoever had locked one has left it; then
 * they are counted. What is written afterwards is what was counted.
 */
const postgres: NamingRows = {
  version: 'xmin',

  add(statement, { rows, keys, past }) {
    const { key } = namesOf(rows.repository)
    statement.add(`${key} = ANY(${statement.placeholderOf(keys)}) AND `)
    return addRowsCondition(rows.repository.manager.dataSource, rows, statement, past)
  },

  update({ rows, keys, past }, set, versions) {
    const { repository } = rows
    const { dataSource, table, key } = namesOf(repository)
    const statement = new StatementText(dataSource.driver, '')
    const named = statement.placeholderOf(keys)
    const type = dataSource.driver.normalizeType(repository.metadata.primaryColumns[0]!)
    const [from, where] = versions
      ? [
          `, unnest(${named}::${type}[], ${statement.placeholderOf(versions)}::text[]) AS plinth_known(plinth_key, plinth_version)`,
          `${key} = plinth_key AND plinth_row.xmin::text = plinth_version`,
        ]
      : ['', `${key} = ANY(${named})`]
    statement.add(`WITH plinth_found AS (SELECT ${key} FROM ${table} AS plinth_row${from} WHERE ${where} AND `)
    if (!addRowsCondition(dataSource, rows, statement, past)) return undefined
    statement.add(` ORDER BY ${key} FOR NO KEY UPDATE OF plinth_row) UPDATE ${table} SET `)
    if (!set(statement)) return undefined
    statement.add(` WHERE ${key} = ANY(${named}) AND (SELECT count(*) FROM plinth_found) = `)
    return statement.bind(keys.length)
  },
}

/** There is one who writes at a time: what is counted is counted before anything is written. */
const sqlite: NamingRows = {
  add(statement, { rows, keys, past }) {
    const { dataSource, key } = namesOf(rows.repository)
    statement.add(`${key} IN (SELECT value FROM json_each(`).bind(JSON.stringify(keys)).add(')) AND ')
    return addRowsCondition(dataSource, rows, statement, past)
  },

  update(named, set) {
    const { dataSource, table, key } = namesOf(named.rows.repository)
    const statement = new StatementText(dataSource.driver, `UPDATE ${table} SET `)
    if (!set(statement)) return undefined
    statement.add(` WHERE ${key} IN (SELECT value FROM json_each(`).bind(JSON.stringify(named.keys)).add('))')
    // Each is looked up by itself: to make a set of the keys once more would cost more.
    statement.add(' AND (SELECT count(*) FROM (SELECT value AS plinth_key FROM json_each(')
    statement
      .bind(JSON.stringify(named.keys))
      .add(`)) AS plinth_named CROSS JOIN ${table} WHERE ${key} = plinth_key AND `)
    if (!addRowsCondition(dataSource, named.rows, statement, named.past)) return undefined
    return statement.add(') = ').bind(BigInt(named.keys.length))
  },
}

const engines: Partial<Readonly<Record<EngineType, NamingRows>>> = { postgres, 'better-sqlite3': sqlite }

/** How many rows are named on an engine; undefined where no statement writes all of them or none. */
export function namingRowsOf(type: EngineType): NamingRows | undefined {
  return engines[type]
}
