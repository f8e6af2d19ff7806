import type { FieldError } from '../errors/app-exception.js'
import { type OptionNames, requireKnownBy } from '../helpers/known-options.js'
import type { Predicate } from './predicate.js'

/** The types of columns. Each engine's dialect translates them; timestamps have milliseconds and are in UTC. */
export type ColumnType = 'uuid' | 'integer' | 'float' | 'string' | 'text' | 'boolean' | 'timestamp' | 'json'

/** What the value of a column says of its row. */
export type ColumnRole = 'version' | 'lastModified'

/** What a database fills in. */
export type ColumnDefault = string | number | boolean | Readonly<Record<string, unknown>>

/** One column, described without an engine. `T` is the type of the property. */
export interface Column<T = unknown> {
  readonly type: ColumnType
  readonly nullable?: boolean
  readonly primary?: boolean
  /** The most characters of a `string`; 255 unless told. */
  readonly length?: number
  /** Whether a unique `string` is so by code points, whatever the collation of the database takes to be equal. */
  readonly exact?: boolean
  /** Whether the column has an index of its own. */
  readonly index?: boolean
  /** A stored generated column that holds whether the predicate is true of the row. */
  readonly generated?: Predicate
  /** What the database fills in where an insert gives nothing; an object for a JSON column. */
  readonly default?: ColumnDefault
  /** Whether a JSON column holds objects only. */
  readonly object?: boolean
  /**
   * What is wrong with a value, besides its type; asked on every way of writing, also of what expressions compute.
   * Pointers lead from the value, `#` is the whole of it.
   */
  readonly check?: (value: unknown) => readonly FieldError[]
  /** What documents say of its JSON values: a JSON Schema (draft 2020-12) that every value fits. */
  readonly schema?: boolean | Readonly<Record<string, unknown>>
  /** Whether an insert rule gives a value where the caller gives none, so that input need not. */
  readonly filled?: boolean
  /** Never changes once the row is inserted. */
  readonly immutable?: boolean
  /** Written by rules and verbs alone. What a caller gives is refused; of an entity that is saved, it is left out. */
  readonly managed?: boolean
  /** Whether API input may set it. Columns of traits are read-only to input unless they say so. */
  readonly writable?: boolean
  /**
   * What readers may conclude from its value. A `version` changes with every write of the row and never comes back, so
   * that equal versions mean an unchanged row; `lastModified` is the instant of the last write.
   */
  readonly role?: ColumnRole
  /** Carries the property's type; never present at run time. */
  readonly $type?: T
}

/** Columns by property name. */
export type Columns = Readonly<Record<string, Column>>

/** The type of the property a column describes. */
export type PropertyOf<C> = C extends Column<infer T> ? T : never

/** The properties that columns describe. */
export type PropertiesOf<C> = { readonly [K in keyof C]: PropertyOf<C[K]> }

/** What is said of a column besides its type; unless told it cannot be null, and input cannot set it. */
export interface ColumnOptions<N extends boolean = boolean, W extends boolean = boolean, D = ColumnDefault>
  extends Pick<
    Column,
    | 'primary'
    | 'length'
    | 'exact'
    | 'index'
    | 'generated'
    | 'filled'
    | 'immutable'
    | 'managed'
    | 'object'
    | 'check'
    | 'schema'
    | 'role'
  > {
  readonly nullable?: N
  readonly writable?: W
  /** What the database fills in where an insert gives nothing; an object for a JSON column. */
  readonly default?: D
}

const columnOptions: OptionNames<ColumnOptions> = {
  primary: true,
  length: true,
  exact: true,
  index: true,
  generated: true,
  default: true,
  filled: true,
  immutable: true,
  managed: true,
  object: true,
  check: true,
  schema: true,
  role: true,
  nullable: true,
  writable: true,
}

/** Carries to types that input may set a column. */
type Writable<W> = W extends true ? { readonly writable: true } : unknown

/** What the database can fill in for values of a type; instants and UUIDs of its own making are said as texts. */
type DefaultOf<T> = T extends Date ? string : T

function kind<T extends string | number | boolean | Date>(type: ColumnType) {
  const make = <const N extends boolean = false, const W extends boolean = false>(
    options: ColumnOptions<N, W, DefaultOf<T>> = {},
  ): Column<N extends true ? T | null : T> & Writable<W> => {
    requireKnownBy(make, options, columnOptions, { subject: `column.${type}` })
    return Object.freeze({ ...options, type }) as Column<N extends true ? T | null : T> & Writable<W>
  }
  return make
}

function json<T = unknown>(
  options: ColumnOptions<false, true> & { readonly writable: true },
): Column<T> & Writable<true>
function json<T = unknown>(options?: ColumnOptions<false>): Column<T>
function json(options: ColumnOptions<false> = {}): Column {
  requireKnownBy(json, options, columnOptions, { subject: 'column.json' })
  return Object.freeze({ ...options, type: 'json' })
}

/** Describes columns: `column.string({ length: 80 })`, `column.timestamp({ nullable: true })`. */
export const column = Object.freeze({
  uuid: kind<string>('uuid'),
  integer: kind<number>('integer'),
  float: kind<number>('float'),
  string: kind<string>('string'),
  text: kind<string>('text'),
  boolean: kind<boolean>('boolean'),
  timestamp: kind<Date>('timestamp'),
  /** A JSON value: `column.json<Settings>()`. */
  json,
})
