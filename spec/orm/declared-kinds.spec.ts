import { expect } from 'chai'
import { column, defineTrait } from 'plinth'
import { BaseModel, type Timestamped } from 'plinth/decorators'
import { Column, CreateDateColumn, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { describeOnEngines } from '../support/engines.js'
import { mistakesOf, started } from './declared.js'

const Everything = defineTrait({
  name: 'Everything',
  defaults: {},
  columns: () => ({
    mark: column.uuid(),
    count: column.integer(),
    share: column.float(),
    label: column.string(),
    story: column.text(),
    isOpen: column.boolean(),
    seenAt: column.timestamp(),
    data: column.json(),
  }),
})

@Entity('declared_wrong')
@Everything()
class Wrong {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'int' }) mark!: string
  @Column({ type: 'varchar' }) count!: number
  @Column({ type: Boolean }) share!: number
  @Column({ type: 'int' }) label!: string
  @Column({ type: 'simple-json' }) story!: string
  @Column({ type: 'varchar' }) isOpen!: boolean
  @Column({ type: 'varchar' }) seenAt!: Date
  @Column({ type: 'text' }) data!: unknown
}

const asJson = { to: (value: unknown) => JSON.stringify(value), from: (text: string): unknown => JSON.parse(text) }

@Entity('declared_fitting')
@Everything()
class Fitting {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'varchar', length: 40 }) mark!: string
  @Column({ type: 'bigint' }) count!: number
  @Column({ type: 'decimal' }) share!: number
  @Column({ type: 'varchar', length: 900 }) label!: string
  @Column({ type: 'varchar', length: 900 }) story!: string
  @Column({ type: 'smallint' }) isOpen!: boolean
  @Column() seenAt!: Date
  @Column({ type: 'text', transformer: asJson }) data!: unknown
}

@Entity('declared_stamped')
class Stamped extends BaseModel {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'varchar', length: 30 }) override createdAt!: Date
}

@Entity('declared_dated')
class Dated extends BaseModel {
  @PrimaryGeneratedColumn() id!: number
  @CreateDateColumn() override createdAt!: Date
}
interface Dated extends Timestamped {}

const wrong = (property: string, written: string, type: string) =>
  `E_COLUMN_KIND "${property}" is declared as ${written}, where the trait Everything gives a column of the type "${type}".`

describeOnEngines('A column that a class declares in place of one of a trait', (engine) => {
  it('holds values of the kind that traits rely on', async () => {
    const found = await mistakesOf(engine, Wrong)
    expect(found.map(({ code, problem }) => `${code} ${problem}`)).to.have.members([
      wrong('mark', '"int"', 'uuid'),
      wrong('count', '"varchar"', 'integer'),
      wrong('share', 'Boolean', 'float'),
      wrong('label', '"int"', 'string'),
      wrong('story', '"simple-json"', 'text'),
      wrong('isOpen', '"varchar"', 'boolean'),
      wrong('seenAt', '"varchar"', 'timestamp'),
      wrong('data', '"text"', 'json'),
    ])
    const [mistake] = await mistakesOf(engine, Stamped)
    expect(mistake).to.deep.include({
      code: 'E_COLUMN_KIND',
      problem:
        '"createdAt" is declared as "varchar", where the trait Timestamps gives a column of the type "timestamp".',
      remedy:
        'Take its @Column away, so that the trait gives it, or declare a type that holds the same values, or a transformer.',
    })
    expect(mistake?.places.join()).to.match(/^@Timestamps at .*:\d+:\d+$/)
  })

  it('may be wider, or of another type that holds the same', () => started(engine, Fitting, Dated))
})
