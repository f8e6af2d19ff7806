import type { Table } from 'typeorm'
import type { Alteration, Ask, CollationFacts, IndexFacts, Looking, ProofEngine } from '../proof-engine.js'
import { Undo, undone } from '../undone.js'

/** PostgreSQL rewrites expressions, so what it must hold is rewritten by it too, in a table that does not last. */
export const postgresProof: ProofEngine = {
  expressionsOf,
  reported,
  indexesOf,
  checksOf,
  collationsOf,
  alterColumn,
  holdsTypes: true,
}

const scratch = 'plinth_scratch'

interface Expression {
  readonly name: string
  readonly expression: string
}

async function expressionsOf(ask: Ask, table: Pick<Table, 'name'>): Promise<ReadonlyMap<string, string>> {
  const rows: readonly Expression[] = await ask(
    `SELECT "attname" AS "name", pg_get_expr("adbin", "adrelid") AS "expression" FROM "pg_attrdef"
     JOIN "pg_attribute" ON "attrelid" = "adrelid" AND "attnum" = "adnum"
     WHERE "adrelid" = $1::regclass AND "attgenerated" <> ''`,
    [escaped(table.name)],
  )
  return new Map(rows.map(({ name, expression }) => [name, expression]))
}

function reported(looking: Looking, table: Table, expressions: readonly string[]) {
  const columns = expressions.map((_, index) => `plinth_${index}`)
  return undone<readonly (string | undefined)[]>(
    looking,
    async (ask) => {
      await ask(`CREATE TEMP TABLE "${scratch}" (LIKE ${escaped(table.name)}) ON COMMIT DROP`)
      for (const [index, expression] of expressions.entries()) {
        const column = `"${columns[index]}" boolean GENERATED ALWAYS AS (${expression}) STORED`
        // It may name a column that is missing, which is reported as such.
        await looking.dataSource
          .atomic(() => ask(`ALTER TABLE "pg_temp"."${scratch}" ADD COLUMN ${column}`))
          .catch(() => undefined)
      }
      const found = await expressionsOf(ask, { name: `pg_temp.${scratch}` })
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
  readonly collated: boolean
}

async function indexesOf(ask: Ask, table: Table): Promise<IndexFacts> {
  const rows: readonly IndexRow[] = await ask(
    `SELECT "relname" AS "name", pg_get_expr("indpred", "indrelid") AS "condition", "indisvalid" AS "valid",
       ARRAY(SELECT "attname"::text FROM unnest("indkey") WITH ORDINALITY AS "key"("number", "place")
         JOIN "pg_attribute" ON "attrelid" = "indrelid" AND "attnum" = "number"
         WHERE "place" <= "indnkeyatts" ORDER BY "place") AS "columns",
       EXISTS (SELECT FROM unnest("indkey"::int2[], "indcollation"::oid[]) AS "key"("number", "collation")
         JOIN "pg_attribute" ON "attrelid" = "indrelid" AND "attnum" = "number"
         WHERE "collation" <> 0 AND "collation" <> "attcollation") AS "collated"
     FROM "pg_index" JOIN "pg_class" ON "pg_class"."oid" = "indexrelid" WHERE "indrelid" = $1::regclass`,
    [escaped(table.name)],
  )
  return {
    columns: new Map(rows.map(({ name, columns }) => [name, columns])),
    conditions: new Map(rows.flatMap(({ name, condition }) => (condition === null ? [] : [[name, condition]]))),
    invalid: new Set(rows.flatMap(({ name, valid }) => (valid ? [] : [name]))),
    collated: new Set(rows.flatMap(({ name, collated }) => (collated ? [name] : []))),
  }
}

/** One that was added without looking at the rows there were does not hold of them. */
async function checksOf(ask: Ask, table: Table): Promise<readonly string[]> {
  const rows: readonly { readonly condition: string }[] = await ask(
    `SELECT pg_get_expr("conbin", "conrelid") AS "condition" FROM "pg_constraint"
     WHERE "conrelid" = $1::regclass AND "contype" = 'c' AND "convalidated"`,
    [escaped(table.name)],
  )
  return rows.map(({ condition }) => condition)
}

interface CollationRow {
  readonly column: string
  readonly collation: string
  readonly deterministic: boolean
}

/** By a collation that is not deterministic, texts of different bytes may be equal. */
async function collationsOf(ask: Ask, table: Table): Promise<CollationFacts> {
  const rows: readonly CollationRow[] = await ask(
    `SELECT "attname" AS "column", "collname" AS "collation", "collisdeterministic" AS "deterministic"
     FROM "pg_attribute" JOIN "pg_collation" ON "pg_collation"."oid" = "attcollation"
     WHERE "attrelid" = $1::regclass AND "attnum" > 0 AND NOT "attisdropped"`,
    [escaped(table.name)],
  )
  return {
    of: new Map(rows.map(({ column, collation }) => [column, collation])),
    loose: new Set(rows.flatMap(({ column, deterministic }) => (deterministic ? [] : [column]))),
  }
}

function alterColumn(table: string, alteration: Alteration): readonly string[] {
  const { actual, wanted, name, actualType, wantedType, recollated } = alteration
  const alter = `ALTER TABLE ${table} ALTER COLUMN ${name}`
  const retyped = actualType !== wantedType || recollated
  const collation = wanted.collation ? ` COLLATE "${wanted.collation}"` : recollated ? ' COLLATE "default"' : ''
  const hadDefault = actual.default !== undefined && actual.default !== null
  const hasDefault = wanted.default !== undefined && wanted.default !== null
  return [
    // A default of the old type may not be one of the new.
    ...(hadDefault && (retyped || !hasDefault) ? [`${alter} DROP DEFAULT`] : []),
    ...(retyped ? [`${alter} TYPE ${wantedType}${collation} USING ${name}::${wantedType}`] : []),
    ...(hasDefault && (retyped || wanted.default !== actual.default) ? [`${alter} SET DEFAULT ${wanted.default}`] : []),
    ...(actual.isNullable === wanted.isNullable ? [] : [`${alter} ${wanted.isNullable ? 'DROP' : 'SET'} NOT NULL`]),
  ]
}

const escaped = (path: string): string =>
  path
    .split('.')
    .map((name) => `"${name.replaceAll('"', '""')}"`)
    .join('.')
