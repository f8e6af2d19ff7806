import type { Table } from 'typeorm'
import type { ModelDataSource } from '../../data-source.js'
import type { Alteration, IndexFacts, ProofEngine } from '../proof-engine.js'
import { Undo, undone } from '../undone.js'

/** PostgreSQL rewrites expressions, so what it must hold is rewritten by it too, in a table that does not last. */
export const postgresProof: ProofEngine = { expressionsOf, reported, indexesOf, alterColumn, holdsTypes: true }

const scratch = 'plinth_scratch'

interface Expression {
  readonly name: string
  readonly expression: string
}

async function expressionsOf(
  dataSource: ModelDataSource,
  table: Pick<Table, 'name'>,
): Promise<ReadonlyMap<string, string>> {
  const rows: readonly Expression[] = await dataSource.query(
    `SELECT "attname" AS "name", pg_get_expr("adbin", "adrelid") AS "expression" FROM "pg_attrdef"
     JOIN "pg_attribute" ON "attrelid" = "adrelid" AND "attnum" = "adnum"
     WHERE "adrelid" = $1::regclass AND "attgenerated" <> ''`,
    [escaped(table.name)],
  )
  return new Map(rows.map(({ name, expression }) => [name, expression]))
}

function reported(dataSource: ModelDataSource, table: Table, expressions: readonly string[]) {
  const columns = expressions.map((_, index) => `plinth_${index}`)
  return undone<readonly (string | undefined)[]>(
    dataSource,
    async () => {
      await dataSource.query(`CREATE TEMP TABLE "${scratch}" (LIKE ${escaped(table.name)}) ON COMMIT DROP`)
      for (const [index, expression] of expressions.entries()) {
        const column = `"${columns[index]}" boolean GENERATED ALWAYS AS (${expression}) STORED`
        // It may name a column that is missing, which is reported as such.
        await dataSource
          .atomic(() => dataSource.query(`ALTER TABLE "pg_temp"."${scratch}" ADD COLUMN ${column}`))
          .catch(() => undefined)
      }
      const found = await expressionsOf(dataSource, { name: `pg_temp.${scratch}` })
      throw new Undo(columns.map((column) => found.get(column)))
    },
    expressions.map(() => undefined),
  )
}

interface IndexRow {
  readonly name: string
  readonly condition: string | null
  readonly valid: boolean
  readonly columns: readonly string[]
}

async function indexesOf(dataSource: ModelDataSource, table: Table): Promise<IndexFacts> {
  const rows: readonly IndexRow[] = await dataSource.query(
    `SELECT "relname" AS "name", pg_get_expr("indpred", "indrelid") AS "condition", "indisvalid" AS "valid",
       ARRAY(SELECT "attname"::text FROM unnest("indkey") WITH ORDINALITY AS "key"("number", "place")
         JOIN "pg_attribute" ON "attrelid" = "indrelid" AND "attnum" = "number"
         WHERE "place" <= "indnkeyatts" ORDER BY "place") AS "columns"
     FROM "pg_index" JOIN "pg_class" ON "pg_class"."oid" = "indexrelid" WHERE "indrelid" = $1::regclass`,
    [escaped(table.name)],
  )
  return {
    columns: new Map(rows.map(({ name, columns }) => [name, columns])),
    conditions: new Map(rows.flatMap(({ name, condition }) => (condition === null ? [] : [[name, condition]]))),
    invalid: new Set(rows.flatMap(({ name, valid }) => (valid ? [] : [name]))),
  }
}

function alterColumn(table: string, { actual, wanted, name, actualType, wantedType }: Alteration): readonly string[] {
  const alter = `ALTER TABLE ${table} ALTER COLUMN ${name}`
  const retyped = actualType !== wantedType
  const hadDefault = actual.default !== undefined && actual.default !== null
  const hasDefault = wanted.default !== undefined && wanted.default !== null
  return [
    // A default of the old type may not be one of the new.
    ...(hadDefault && (retyped || !hasDefault) ? [`${alter} DROP DEFAULT`] : []),
    ...(retyped ? [`${alter} TYPE ${wantedType} USING ${name}::${wantedType}`] : []),
    ...(hasDefault && (retyped || wanted.default !== actual.default) ? [`${alter} SET DEFAULT ${wanted.default}`] : []),
    ...(actual.isNullable === wanted.isNullable ? [] : [`${alter} ${wanted.isNullable ? 'DROP' : 'SET'} NOT NULL`]),
  ]
}

const escaped = (path: string): string =>
  path
    .split('.')
    .map((name) => `"${name.replaceAll('"', '""')}"`)
    .join('.')
