import { expect } from 'chai'
import { createDataSource, type ModelDataSource } from 'plinth'
import {
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
  type UuidIdentified,
  UuidPk,
} from 'plinth/decorators'
import { Column, Entity, JoinColumn, ManyToOne, PrimaryGeneratedColumn } from 'typeorm'
import { describeEntity } from '../../src/orm/describe-entity.js'
import { type Database, describeOnEngines } from '../support/engines.js'

@Entity()
class Country {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 2 }) code!: string
}

interface City extends UuidIdentified, Timestamped, SoftDeletable {}
@Entity()
@UuidPk()
@Timestamps()
@SoftDelete()
class City {
  @Column({ length: 80 }) name!: string
  @Column('text', { nullable: true }) notes!: string | null
  @Column({ default: 0 }) population!: number
  @Column('smallint', { default: 1 }) rank!: number
  @Column('bigint', { default: '0' }) area!: string
  @Column('decimal', { precision: 8, scale: 2, nullable: true }) budget!: string | null
  @Column('float', { nullable: true }) latitude!: number | null
  @Column({ default: false }) capital!: boolean
  @Column('date', { nullable: true }) founded!: string | null
  @Column('simple-json', { nullable: true }) tags!: unknown
  @Column('simple-enum', { enum: ['big', 'small'], default: 'big' }) size!: string
  @Column({ select: false, default: '' }) secret!: string
  @Column({ update: false, default: 'x' }) source!: string
  @Column({ default: () => "'y'" }) computed!: string
  @ManyToOne(() => Country) @JoinColumn({ name: 'countryId' }) country!: Country
  @Column({ nullable: true }) countryId!: number | null
  @ManyToOne(() => Country) origin!: Country
}

describeOnEngines('the description of an entity', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = createDataSource({ ...database.options, entities: [City, Country] })
    await dataSource.initialize()
  })

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const property = (name: string) => describeEntity(dataSource, City).properties.get(name)

  it('says what the values are, alike on every engine', () => {
    const kinds = Object.fromEntries(
      [...describeEntity(dataSource, City).properties.values()].map(({ name, value }) => [name, value]),
    )
    expect(kinds).to.deep.equal({
      id: { kind: 'uuid' },
      createdAt: { kind: 'timestamp' },
      updatedAt: { kind: 'timestamp' },
      deletedAt: { kind: 'timestamp' },
      deletionId: { kind: 'uuid' },
      isDeleted: { kind: 'boolean' },
      name: { kind: 'string', maxLength: 80 },
      notes: { kind: 'string' },
      population: { kind: 'integer', min: -2147483648, max: 2147483647 },
      rank: { kind: 'integer', min: -32768, max: 32767 },
      area:
        engine.name === 'sqlite'
          ? { kind: 'bigint', min: -9007199254740991n, max: 9007199254740991n }
          : { kind: 'bigint', min: -9223372036854775808n, max: 9223372036854775807n },
      budget: { kind: 'decimal', precision: 8, scale: 2 },
      latitude: { kind: 'number' },
      capital: { kind: 'boolean' },
      founded: { kind: 'date' },
      tags: { kind: 'json' },
      size: { kind: 'enum', values: ['big', 'small'] },
      secret: engine.name === 'mariadb' ? { kind: 'string', maxLength: 255 } : { kind: 'string' },
      source: engine.name === 'mariadb' ? { kind: 'string', maxLength: 255 } : { kind: 'string' },
      computed: engine.name === 'mariadb' ? { kind: 'string', maxLength: 255 } : { kind: 'string' },
      countryId: { kind: 'integer', min: -2147483648, max: 2147483647 },
    })
  })

  it('knows the primary key, the relations and what may be null', () => {
    const { primary, relations } = describeEntity(dataSource, City)
    expect(primary.map(({ name }) => name)).to.deep.equal(['id'])
    expect([...relations.values()].map(({ name, many, link }) => [name, many, link])).to.deep.equal([
      ['country', false, 'own'],
      ['origin', false, 'own'],
    ])
    expect([property('notes')?.nullable, property('name')?.nullable]).to.deep.equal([true, false])
  })

  it('lets input set the columns of the class, and of traits only what they say', () => {
    const writable = [...describeEntity(dataSource, City).properties.values()].filter(({ writable }) => writable)
    expect(writable.map(({ name }) => name)).to.have.members([
      'name',
      'notes',
      'population',
      'rank',
      'area',
      'budget',
      'latitude',
      'capital',
      'founded',
      'tags',
      'size',
      'secret',
      'source',
      'computed',
      'countryId',
    ])
    expect(describeEntity(dataSource, Country).properties.get('id')).to.include({ writable: false, primary: true })
  })

  it('tells a default that is known from one the database makes', () => {
    expect(property('population')).to.include({ hasDefault: true, defaultValue: 0 })
    expect(property('capital')).to.include({ hasDefault: true, defaultValue: false })
    expect(property('size')).to.include({ hasDefault: true, defaultValue: 'big' })
    expect(property('computed')).to.include({ hasDefault: true }).and.not.have.property('defaultValue')
    expect(property('name')).to.include({ hasDefault: false })
  })

  it('knows what is hidden and what never changes', () => {
    expect([property('secret')?.hidden, property('name')?.hidden]).to.deep.equal([true, false])
    expect([property('source')?.immutable, property('name')?.immutable]).to.deep.equal([true, false])
  })
})
