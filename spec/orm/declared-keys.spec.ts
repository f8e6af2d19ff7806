import { expect } from 'chai'
import { column, defineTrait } from 'plinth'
import { type SoftDeletable, SoftDelete, UuidPk } from 'plinth/decorators'
import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn, ViewColumn, ViewEntity } from 'typeorm'
import { describeOnEngines } from '../support/engines.js'
import { mistakesOf, started } from './declared.js'

const TenantKey = defineTrait({
  name: 'TenantKey',
  defaults: {},
  columns: () => ({ tenant: column.string({ length: 20, primary: true, writable: true }) }),
})

@Entity('declared_twice')
@UuidPk()
class TwoKeys {
  @PrimaryGeneratedColumn() number!: number
  id!: string
}

@Entity('declared_keyless')
@SoftDelete()
class Keyless {
  @Column() title!: string
}
interface Keyless extends SoftDeletable {}

@Entity('declared_plain')
class PlainKeyless {
  @Column() title!: string
}

@Entity('declared_beside')
@TenantKey()
class Beside {
  tenant!: string
  @PrimaryColumn({ type: 'int' }) number!: number
}

@Entity('declared_own')
@UuidPk()
class OwnKey {
  @PrimaryGeneratedColumn('uuid') id!: string
}

class Coordinates {
  @PrimaryColumn({ type: 'int' }) x!: number
  @PrimaryColumn({ type: 'int' }) y!: number
}

@Entity('declared_embedded')
class Embedded {
  @Column(() => Coordinates) at!: Coordinates
}

@ViewEntity({ name: 'declared_view', expression: 'SELECT 1 AS one' })
class View {
  @ViewColumn() one!: number
}

describeOnEngines('What a class declares itself beside its traits', (engine) => {
  it('is no generated key beside the key of a trait', async () => {
    const [mistake, ...others] = await mistakesOf(engine, TwoKeys)
    expect(others).to.deep.equal([])
    expect(mistake).to.deep.include({
      code: 'E_PRIMARY_KEY',
      subject: 'TwoKeys',
      problem:
        'has two keys, "id" of the trait UuidPk and the generated "number", so that rows would be known by both together.',
      remedy: 'Take @PrimaryGeneratedColumn away from "number", or leave out the trait.',
    })
    expect(mistake?.places.join()).to.match(/^@UuidPk at .*declared-keys\.spec\.(?:ts|js):\d+:\d+$/)
  })

  it('is a key, unless a trait gives one', async () => {
    const problem = 'has no primary key, so no row of it could be told from another.'
    const [mistake, plain, ...others] = await mistakesOf(engine, Keyless, PlainKeyless)
    expect(others).to.deep.equal([])
    expect(mistake).to.deep.include({ code: 'E_PRIMARY_KEY', subject: 'Keyless', problem })
    expect(mistake?.places.join()).to.match(/^@SoftDelete at .*declared-keys\.spec\.(?:ts|js):\d+:\d+$/)
    expect(plain).to.deep.include({ code: 'E_PRIMARY_KEY', subject: 'PlainKeyless', problem })
  })

  it('may be a part of a key that the application fills, or a key of an embedded object', () =>
    started(engine, Beside, Embedded))

  it('may be a generated key in place of that of a trait, and a view of the database, which has no key', async () => {
    expect(await mistakesOf(engine, OwnKey, View)).to.deep.equal([])
  })
})
