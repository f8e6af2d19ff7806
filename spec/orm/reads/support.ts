import * as fc from 'fast-check'
import { Column, type ColumnOptions, Entity, PrimaryColumn } from 'typeorm'
import { type SoftDeletable, SoftDelete } from '../../../decorators/index.js'
import type { Engine } from '../../support/engines.js'

type EngineName = Engine['name']

/** A type of column: how it is declared, and values that every engine stores as they are, or near enough. */
export interface ColumnType {
  readonly name: string
  readonly options: ColumnOptions | ((engine: EngineName) => ColumnOptions)
  readonly values: fc.Arbitrary<unknown>
  readonly engines?: readonly EngineName[]
}

const unicode = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !text.includes('\u0000'))
const instants = fc.date({
  min: new Date('1971-01-01T00:00:00Z'),
  max: new Date('2037-12-31T23:59:59Z'),
  noInvalidDate: true,
})
const json = fc
  .jsonValue({ maxDepth: 2 })
  .filter((value) => value !== null && !JSON.stringify(value).includes('\\u0000'))
const digits = (whole: number, scale: number) =>
  fc
    .tuple(fc.boolean(), fc.nat(10 ** whole - 1), fc.nat(10 ** scale - 1))
    .map(([minus, before, behind]) => `${minus ? '-' : ''}${before}.${String(behind).padStart(scale, '0')}`)

export const columnTypes: readonly ColumnType[] = [
  { name: 'number', options: { type: Number }, values: fc.integer() },
  { name: 'int', options: { type: 'int' }, values: fc.integer() },
  { name: 'smallint', options: { type: 'smallint' }, values: fc.integer({ min: -32768, max: 32767 }) },
  {
    name: 'bigint',
    options: { type: 'bigint' },
    values: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
    engines: ['postgres', 'mariadb'],
  },
  { name: 'small bigint', options: { type: 'bigint' }, values: fc.maxSafeInteger().map(String) },
  {
    name: 'double',
    options: (e) => ({ type: e === 'postgres' ? 'double precision' : 'double' }),
    values: fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 }),
  },
  {
    name: 'float',
    options: (e) => ({ type: e === 'postgres' ? 'real' : 'float' }),
    values: fc.float({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 }),
  },
  { name: 'decimal', options: { type: 'decimal', precision: 12, scale: 3 }, values: digits(8, 3) },
  { name: 'whole decimal', options: { type: 'decimal', precision: 12, scale: 0 }, values: fc.nat(10 ** 9).map(String) },
  { name: 'boolean', options: { type: Boolean }, values: fc.boolean() },
  { name: 'varchar', options: { type: 'varchar', length: 60 }, values: unicode },
  { name: 'string', options: { type: String }, values: unicode },
  { name: 'text', options: { type: 'text' }, values: unicode },
  { name: 'uuid', options: { type: 'uuid' }, values: fc.uuid(), engines: ['postgres'] },
  {
    name: 'enum',
    options: { type: 'simple-enum', enum: ['a', 'b "c"', 'é'] },
    values: fc.constantFrom('a', 'b "c"', 'é'),
  },
  { name: 'numeric enum', options: { type: 'simple-enum', enum: [1, 2, 30] }, values: fc.constantFrom(1, 2, 30) },
  { name: 'instant', options: { type: Date, precision: 3 }, values: instants },
  { name: 'zoned instant', options: { type: 'timestamptz', precision: 3 }, values: instants, engines: ['postgres'] },
  { name: 'finer instant', options: { type: 'timestamptz', precision: 6 }, values: instants, engines: ['postgres'] },
  {
    name: 'coarse instant',
    options: (e) => ({ type: e === 'postgres' ? 'timestamptz' : 'datetime', precision: 0 }),
    values: instants,
  },
  { name: 'date', options: { type: 'date' }, values: instants.map((date) => date.toISOString().slice(0, 10)) },
  { name: 'time', options: { type: 'time' }, values: instants.map((date) => date.toISOString().slice(11, 19)) },
  { name: 'simple-json', options: { type: 'simple-json' }, values: json },
  { name: 'json', options: { type: 'json' }, values: json, engines: ['postgres', 'mariadb'] },
  { name: 'jsonb', options: { type: 'jsonb' }, values: json, engines: ['postgres'] },
  {
    name: 'list',
    options: { type: 'simple-array' },
    values: fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { maxLength: 3 }),
  },
  {
    name: 'transformed',
    options: {
      type: 'varchar',
      length: 80,
      transformer: {
        to: (value: string | null) => value && `<${value}>`,
        from: (value: string | null) => (value === null ? 'nothing' : { in: value.slice(1, -1) }),
      },
    },
    values: unicode,
  },
]

export const typesOn = (engine: EngineName): readonly ColumnType[] =>
  columnTypes.filter(({ engines = [engine] }) => engines.includes(engine))

/** A property of a random entity. */
export interface RandomProperty {
  readonly name: string
  readonly type: ColumnType
}

/** An entity whose properties are random, with others that nobody sees. */
export interface RandomEntity {
  readonly entity: new () => SoftDeletable & Record<string, unknown>
  readonly properties: readonly RandomProperty[]
}

const names = fc.constantFrom(
  'title',
  'Über',
  'a_b',
  'camelCase',
  'select',
  'with space',
  'quote"d',
  "o'clock",
  'x1',
  'percent%',
)

/** The properties of random entities of an engine. */
export const randomProperties = (engine: EngineName): fc.Arbitrary<readonly RandomProperty[]> =>
  fc.uniqueArray(fc.record({ name: names, type: fc.constantFrom(...typesOn(engine)) }), {
    minLength: 2,
    maxLength: 9,
    selector: ({ name }) => name,
  })

/** Makes an entity of properties: all may be null. It also has embedded columns, and one that is never selected. */
export function entityOf(table: string, engine: EngineName, properties: readonly RandomProperty[]): RandomEntity {
  class Inner {
    depth!: number
  }
  Column({ type: 'int', nullable: true })(Inner.prototype, 'depth')
  class Random {
    declare id: number
  }
  PrimaryColumn({ type: 'int' })(Random.prototype, 'id')
  for (const { name, type } of properties) {
    const options = typeof type.options === 'function' ? type.options(engine) : type.options
    Column({
      nullable: true,
      ...options,
      name: `c_${properties.findIndex((one) => one.name === name)} ${name.length}`,
    })(Random.prototype, name)
  }
  Column({ type: 'int', default: 7, select: false })(Random.prototype, 'unselected')
  Column(() => Inner)(Random.prototype, 'inner')
  Entity(table)(Random)
  SoftDelete()(Random as never)
  return { entity: Random as never, properties }
}

/** Two entities that have columns of all types of an engine between them, and some whose properties are random. */
export function randomEntities(table: string, engine: EngineName, count: number): readonly RandomEntity[] {
  const sampled = fc.sample(randomProperties(engine), count)
  const types = typesOn(engine).map((type, index) => ({ name: `p${index}`, type }))
  const properties = [types.slice(0, types.length / 2), types.slice(types.length / 2), ...sampled]
  return properties.map((one, index) => entityOf(`${table}_${index}`, engine, one))
}

/** Values of a row of random properties; some are null. */
export const rowOf = (properties: readonly RandomProperty[]): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(
    Object.fromEntries(properties.map(({ name, type }) => [name, fc.option(type.values, { nil: null, freq: 5 })])),
  )
