import { expect } from 'chai'
import type * as FastCheck from 'fast-check'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import { scopes } from '../../decorators/index.js'
import { type Adds, createDataSource, defineTrait, gte, lt, type ModelDataSource } from '../../src/index.js'
import { type BehaviourOptions, checkBehaviours } from '../../testing/index.js'
import { describeOnEngines } from '../support/engines.js'

const Sizes = scopes('Sizes', { large: gte('size', 2), least: (size: number) => gte('size', size) })

/** Looks at other rows than it says, from some size on: what it is asked in memory differs from what it is in queries. */
let asked = 0
const Wavering = defineTrait({
  name: 'Wavering',
  defaults: {},
  views: () => ({ below: (size: number) => ({ where: lt('size', size > 5 ? (asked += 1) : size) }) }),
})

@Entity({ name: 'sized_parcel' })
@Sizes()
@Wavering()
class Parcel {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'int' })
  size!: number

  /** Left out of reads that do not name it. */
  @Column({ type: 'varchar', length: 20, select: false })
  code!: string
}
interface Parcel extends Adds<typeof Sizes>, Adds<typeof Wavering> {}

const make = (fc: typeof FastCheck) =>
  fc.record({
    id: fc.integer({ min: 1, max: 9 }),
    size: fc.integer({ min: 0, max: 3 }),
    code: fc.constantFrom('a', 'b'),
  })

describeOnEngines('Behaviours of rows with secrets, and of views that are given something', (engine) => {
  let dataSource: ModelDataSource
  let drop: () => Promise<void>

  before(async () => {
    const database = await engine.create()
    drop = () => database.drop()
    dataSource = createDataSource({ ...database.options, entities: [Parcel], synchronize: true })
    await dataSource.initialize()
  })
  after(async () => {
    await dataSource?.destroy()
    await drop?.()
  })

  const check = (views?: BehaviourOptions['views']) =>
    checkBehaviours(Parcel, { dataSource, make, runs: 6, steps: 6, ...(views && { views }) }).then(
      () => 'nothing',
      (error: Error) => `${error.message} ${String((error.cause as Error | undefined)?.message)}`,
    )

  it('are what the model says', async () => {
    expect(await check()).to.equal('nothing')
    expect(await check({ least: [[0], [2]], below: [[1], [3]] })).to.equal('nothing')
  })

  it('are looked at by what views are given', async () => {
    asked = 0
    expect(await check({ below: [[6]] })).to.include('the view "below(6)" in everywhere shows')
  })

  it('are not looked at by a view that is none, or that is given nothing', async () => {
    for (const name of ['lest', 'large']) {
      expect(await check({ [name]: [[1]] })).to.include(`Parcel has no view "${name}" that is given something.`)
    }
  })
})
