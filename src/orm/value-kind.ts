import type { Driver } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { Column } from '../model/column.js'
import type { ValueKind } from '../model/entity-description.js'

const integerBits: Readonly<Record<string, number>> = {
  tinyint: 8,
  smallint: 16,
  int2: 16,
  mediumint: 24,
  int: 32,
  int4: 32,
  integer: 32,
  serial: 32,
}

const bigIntegers = new Set(['bigint', 'int8', 'bigserial'])
const decimals = new Set(['decimal', 'numeric', 'dec', 'fixed'])
const strings = new Set(['varchar', 'character varying', 'char', 'character', 'nchar', 'nvarchar'])
const texts = new Set(['text', 'tinytext', 'mediumtext', 'longtext', 'citext', 'clob'])

const simpleKinds: Readonly<Record<string, ValueKind>> = {
  boolean: { kind: 'boolean' },
  bool: { kind: 'boolean' },
  float: { kind: 'number' },
  float4: { kind: 'number' },
  float8: { kind: 'number' },
  double: { kind: 'number' },
  'double precision': { kind: 'number' },
  real: { kind: 'number' },
  timestamp: { kind: 'timestamp' },
  timestamptz: { kind: 'timestamp' },
  'timestamp with time zone': { kind: 'timestamp' },
  'timestamp without time zone': { kind: 'timestamp' },
  datetime: { kind: 'timestamp' },
  date: { kind: 'date' },
  time: { kind: 'time' },
  'time without time zone': { kind: 'time' },
  uuid: { kind: 'uuid' },
  json: { kind: 'json' },
  jsonb: { kind: 'json' },
  'simple-json': { kind: 'json' },
  'simple-array': { kind: 'texts' },
  bytea: { kind: 'bytes' },
  blob: { kind: 'bytes' },
  tinyblob: { kind: 'bytes' },
  mediumblob: { kind: 'bytes' },
  longblob: { kind: 'bytes' },
  binary: { kind: 'bytes' },
  varbinary: { kind: 'bytes' },
}

const classKinds = new Map<unknown, ValueKind['kind']>([
  [String, 'string'],
  [Number, 'integer'],
  [Boolean, 'boolean'],
  [Date, 'timestamp'],
])

/** Of which kind the values of a column are that is declared with a type; undefined for types that nothing is known of. */
export function writtenKind(type: unknown): ValueKind['kind'] | undefined {
  if (typeof type !== 'string') return classKinds.get(type)
  if (type in integerBits) return 'integer'
  if (bigIntegers.has(type)) return 'bigint'
  if (decimals.has(type)) return 'decimal'
  if (strings.has(type) || texts.has(type)) return 'string'
  return type === 'enum' || type === 'simple-enum' ? 'enum' : simpleKinds[type]?.kind
}

/** What the values of a column are. */
export function valueKindOf(column: ColumnMetadata, contributed: Column | undefined, driver: Driver): ValueKind {
  const { type, transformer, isArray, generationStrategy } = column
  // What a transformer makes of a value is shown as it is.
  if (transformer !== undefined) return { kind: 'json' }
  if (isArray) return { kind: 'unknown', name: `${String(type)}[]` }
  // Engines without such types translate them to others, so they are known by what was written.
  if (generationStrategy === 'uuid' || contributed?.type === 'uuid') return { kind: 'uuid' }
  if (column.enum && column.enum.length > 0) return { kind: 'enum', values: column.enum }
  if (type === Boolean) return { kind: 'boolean' }
  const written = typeof type === 'string' ? simpleKinds[type] : undefined
  return written ?? ofDatabaseType(column, driver)
}

function ofDatabaseType(column: ColumnMetadata, driver: Driver): ValueKind {
  const name = driver.normalizeType(column)
  const bits = integerBits[name]
  if (bits !== undefined) return integer(bits, column.unsigned)
  if (bigIntegers.has(name)) return isSqlite(driver) ? exactBigInteger : bigInteger(column.unsigned)
  if (decimals.has(name)) return decimal(column, driver.dataTypeDefaults?.[name])
  if (texts.has(name)) return { kind: 'string' }
  if (!strings.has(name)) return simpleKinds[name] ?? { kind: 'unknown', name }
  const maxLength = Number(driver.getColumnLength(column))
  return maxLength > 0 ? { kind: 'string', maxLength } : { kind: 'string' }
}

function integer(bits: number, unsigned: boolean): ValueKind {
  const half = 2 ** (bits - 1)
  return unsigned ? { kind: 'integer', min: 0, max: 2 * half - 1 } : { kind: 'integer', min: -half, max: half - 1 }
}

function bigInteger(unsigned: boolean): ValueKind {
  const half = 2n ** 63n
  return unsigned ? { kind: 'bigint', min: 0n, max: 2n * half - 1n } : { kind: 'bigint', min: -half, max: half - 1n }
}

type Digits = Driver['dataTypeDefaults'][string]

/** Where an engine has no bounds of its own, those of a column that was given none are as wide as any engine's. */
// Drivers of SQLite give numbers, which are exact only so far.
const exactBigInteger: ValueKind = {
  kind: 'bigint',
  min: BigInt(Number.MIN_SAFE_INTEGER),
  max: BigInt(Number.MAX_SAFE_INTEGER),
}

const isSqlite = ({ options }: Driver): boolean => options.type === 'better-sqlite3'

function decimal(column: ColumnMetadata, { precision = 65, scale = 30 }: Digits = {}): ValueKind {
  return {
    kind: 'decimal',
    precision: column.precision ?? precision,
    scale: column.scale ?? (column.precision ? 0 : scale),
  }
}
