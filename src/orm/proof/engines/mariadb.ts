import type { Table } from 'typeorm'
import { generatedIn } from '../generated-in.js'
import type { Alteration, Ask, CollationFacts, Looking, ProofEngine, SessionMistake } from '../proof-engine.js'
import { Undo, undone } from '../undone.js'

/** MariaDB and MySQL rewrite expressions, so what they must hold is rewritten by them too, in a temporary table. */
export const mariadbProof: ProofEngine = {
  expressionsOf: (ask, table) => expressionsIn(ask, escaped(table.name)),
  reported,
  // They have no indexes over some rows only.
  indexesOf: async () => ({ conditions: new Map(), invalid: new Set() }),
  collationsOf,
  alterColumn,
  session,
}

const scratch = '`plinth_scratch`'

async function expressionsIn(ask: Ask, table: string): Promise<ReadonlyMap<string, string>> {
  const [row] = await ask<readonly object[]>(`SHOW CREATE TABLE ${table}`)
  return generatedIn(String((row as Readonly<Record<string, unknown>>)['Create Table']), '`')
}

function reported(looking: Looking, table: Table, expressions: readonly string[]) {
  const columns = expressions.map((_, index) => `plinth_${index}`)
  return undone<readonly (string | undefined)[]>(
    looking,
    async (ask) => {
      await ask(`CREATE TEMPORARY TABLE ${scratch} LIKE ${escaped(table.name)}`)
      try {
        for (const [index, expression] of expressions.entries()) {
          const column = `\`${columns[index]}\` boolean AS (${expression}) STORED`
          // It may name a column that is missing, which is reported as such.
          await ask(`ALTER TABLE ${scratch} ADD COLUMN ${column}`).catch(() => undefined)
        }
        const found = await expressionsIn(ask, scratch)
        throw new Undo(columns.map((column) => found.get(column)))
      } finally {
        await ask(`DROP TEMPORARY TABLE ${scratch}`)
      }
    },
    expressions.map(() => undefined),
  )
}

/** A column whose collation is not declared has that of the database; comparisons name the one they mean. */
async function collationsOf(ask: Ask, table: Table): Promise<CollationFacts> {
  const rows: readonly { readonly column: string; readonly collation: string }[] = await ask(
    'SELECT `COLUMN_NAME` AS `column`, `COLLATION_NAME` AS `collation` FROM `information_schema`.`COLUMNS` ' +
      'WHERE `TABLE_SCHEMA` = COALESCE(?, DATABASE()) AND `TABLE_NAME` = ? AND `COLLATION_NAME` IS NOT NULL',
    [table.name.split('.').at(-2) ?? null, table.name.split('.').at(-1)],
  )
  return { of: new Map(rows.map(({ column, collation }) => [column, collation])), loose: new Set() }
}

function alterColumn(table: string, { wanted, name, wantedType }: Alteration): readonly string[] {
  const { charset, collation } = wanted
  const collated = `${charset ? ` CHARACTER SET ${charset}` : ''}${collation ? ` COLLATE ${collation}` : ''}`
  const hasDefault = wanted.default !== undefined && wanted.default !== null
  const rest = `${wanted.isNullable ? 'NULL' : 'NOT NULL'}${hasDefault ? ` DEFAULT ${wanted.default}` : ''}`
  return [`ALTER TABLE ${table} MODIFY COLUMN ${name} ${wantedType}${collated} ${rest}`]
}

/** Without a strict mode a value that does not fit its column is cut and stored. */
async function session(ask: Ask): Promise<SessionMistake | undefined> {
  const [row] = await ask<readonly object[]>('SELECT @@sql_mode AS `mode`')
  const modes = String((row as { readonly mode: unknown }).mode).split(',')
  if (modes.includes('STRICT_TRANS_TABLES') || modes.includes('STRICT_ALL_TABLES')) return undefined
  return {
    problem: `sql_mode is "${modes.join(',')}", so that values that do not fit their column are cut and stored`,
    statement: "SET GLOBAL sql_mode = CONCAT_WS(',', NULLIF(@@GLOBAL.sql_mode, ''), 'STRICT_TRANS_TABLES')",
  }
}

const escaped = (path: string): string =>
  path
    .split('.')
    .map((name) => `\`${name.replaceAll('`', '``')}\``)
    .join('.')
