import { expect } from 'chai'
import {
  Column,
  type ColumnOptions,
  Entity,
  JoinColumn,
  JoinTable,
  ManyToMany,
  ManyToOne,
  OneToMany,
  OneToOne,
  PrimaryColumn,
  type PrimaryColumnOptions,
} from 'typeorm'
import { type SoftDeletable, SoftDelete } from '../../../decorators/index.js'
import { type AnyClass, createDataSource, type ModelDataSource } from '../../../src/index.js'
import { type Database, describeOnEngines, type Engine } from '../../support/engines.js'
import { hide } from '../../support/hide.js'
import { readBoth, shows } from '../../support/read-both.js'

const collated: Readonly<Record<Engine['name'], ColumnOptions>> = {
  sqlite: { type: 'varchar', length: 20, collation: 'NOCASE' },
  postgres: { type: 'varchar', length: 20, collation: 'plinth_nocase' },
  mariadb: { type: 'varchar', length: 20 },
}

function countries(options: ColumnOptions) {
  class Country {
    declare code: string
    declare cities: readonly City[]
    declare anthem: Anthem | null
  }
  class City {
    declare id: number
    declare country: Country
    declare visited: readonly Country[]
  }
  class Anthem {
    declare id: number
    declare country: Country
  }
  PrimaryColumn({ ...options, primary: true } as PrimaryColumnOptions)(Country.prototype, 'code')
  for (const Held of [City, Anthem]) {
    PrimaryColumn({ type: 'int' })(Held.prototype, 'id')
    Column(options)(Held.prototype, 'countryCode')
  }
  const held = { createForeignKeyConstraints: false }
  ManyToOne(
    () => Country,
    (country: Country) => country.cities,
    held,
  )(City.prototype, 'country')
  JoinColumn({ name: 'countryCode' })(City.prototype, 'country')
  OneToMany(
    () => City,
    (city: City) => city.country,
  )(Country.prototype, 'cities')
  OneToOne(
    () => Country,
    (country: Country) => country.anthem,
    held,
  )(Anthem.prototype, 'country')
  JoinColumn({ name: 'countryCode' })(Anthem.prototype, 'country')
  OneToOne(
    () => Anthem,
    (anthem: Anthem) => anthem.country,
  )(Country.prototype, 'anthem')
  ManyToMany(() => City, held)(Country.prototype, 'visited')
  JoinTable({ name: 'visits' })(Country.prototype, 'visited')
  Entity('countries')(Country)
  Entity('cities')(City)
  Entity('anthems')(Anthem)
  SoftDelete()(Country as never)
  return { Country: Country as typeof Country & (new () => SoftDeletable), City, Anthem }
}

const list = (ids: readonly number[], hasMore = false) => ({ data: ids.map((id) => ({ id })), hasMore })

describeOnEngines('Keys that are equal with other texts', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  const { Country, City, Anthem } = countries(collated[engine.name])

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Country, City, Anthem] }).initialize()
    if (engine.name === 'postgres') {
      await dataSource.query(
        `CREATE COLLATION plinth_nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`,
      )
    }
    await dataSource.synchronize()
    await insert(Country, [{ code: 'at' }, { code: 'be' }, { code: 'ch' }])
    const codes = ['AT', 'At', 'aT', 'at', 'be']
    await insert(
      City,
      codes.map((countryCode, index) => ({ id: index + 1, countryCode })),
    )
    await insert(Anthem, [{ id: 1, countryCode: 'BE' }])
    const visits = ['AT', 'at', 'Be'].map((code, index) => `('${code}', ${index + 1})`)
    await dataSource.query(`INSERT INTO visits VALUES ${visits.join(', ')}`)
  })

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const insert = (entity: AnyClass, rows: object[]) =>
    dataSource.createQueryBuilder().insert().into(entity).values(rows).updateEntity(false).execute()
  const shown = (max: number) => {
    const cities = { serializer: shows(City, ['id']), max }
    return shows(Country, ['code'], { cities, visited: cities, anthem: shows(Anthem, ['id']) })
  }

  it('lead to all rows that refer to them, of many owners and of one', async () => {
    const expected = [
      { code: 'at', cities: list([1, 2], true), visited: list([1, 2]), anthem: null },
      { code: 'be', cities: list([5]), visited: list([3]), anthem: { id: 1 } },
      { code: 'ch', cities: list([]), visited: list([]), anthem: null },
    ]
    expect(await readBoth(dataSource, shown(2))).to.deep.equal(expected)
    for (const offset of [0, 1, 2]) {
      expect(await readBoth(dataSource, shown(2), { limit: 1, offset })).to.deep.equal([expected[offset]])
    }
    const [all] = await readBoth(dataSource, shown(9), { limit: 1, offset: 0 })
    expect(all).to.deep.include({ cities: list([1, 2, 3, 4]) })
  })

  it('lead to the same row that they refer to', async () => {
    const cities = await readBoth(dataSource, shows(City, ['id'], { country: shows(Country, ['code']) }))
    expect(cities).to.deep.equal(
      ['at', 'at', 'at', 'at', 'be'].map((code, index) => ({ id: index + 1, country: { code } })),
    )
  })

  it('show no owner that scopes hide', async () => {
    await hide(dataSource, Country, ['be'])
    const [, second] = await readBoth(dataSource, shown(2))
    expect(second).to.deep.equal({ code: 'ch', cities: list([]), visited: list([]), anthem: null })
    const below = shows(City, ['id'], { country: shown(1) })
    const [last] = await readBoth(dataSource, below, { limit: 1, offset: 4 })
    expect(last).to.deep.equal({ id: 5, country: null })
  })
})
