/** A trait several times on one class: the properties, verbs and views of each application have types of their own. */
import { type Adds, column, defineTrait, increment, type ModelDataSource, ModelService, named } from 'plinth'
import { StampOn } from 'plinth/decorators'

function counting<const P extends string>(property: P) {
  return defineTrait({
    name: 'Counting',
    as: property,
    defaults: { from: 0 },
    namedColumns: () => named(property, column.integer({ default: 0 })),
    views: () => ({ counted: {}, above: (_least: number) => ({}) }),
    inputs: () => ({ add: { by: column.integer() } }),
    verbs: () => ({
      add: { set: ({ input }) => ({ [property]: increment(input.by) }) },
      forget: { set: () => ({ [property]: 0 }) },
    }),
  })
}

const Likes = counting('likes')
const Visits = counting('visits')

interface Page extends Adds<typeof Likes>, Adds<typeof Visits> {}
@Likes()
@Visits({ from: 1 })
@StampOn({ field: 'state', equals: 'out', stamp: 'outAt' })
@StampOn({ field: 'state', equals: 'back', stamp: 'backAt' })
class Page {
  id!: number
  state!: string
  outAt!: Date | null
  backAt!: Date | null
}
class PageService extends ModelService(Page) {}

declare const dataSource: ModelDataSource
declare const service: PageService
const pages = () => dataSource.getRepository(Page)

export const counts: readonly number[] = [new Page().likes, new Page().visits]

export const right = [
  () => pages().addLikes(1, { by: 2 }),
  () => pages().forgetVisits([1, 2]),
  () => pages().countedLikes().aboveVisits(3).find(),
  () => pages().select().view('aboveLikes', 3).view('countedVisits').rows(),
  () => service.addVisits(1, { by: 1 }),
]

export const wrong = [
  // @ts-expect-error each application has its own verb
  () => pages().add(1, { by: 2 }),
  // @ts-expect-error with its input
  () => pages().addLikes(1),
  // @ts-expect-error of the right type
  () => pages().addVisits(1, { by: 'two' }),
  // @ts-expect-error the trait is not applied as this
  () => pages().addShares(1, { by: 2 }),
  // @ts-expect-error a view has the name of its application
  () => pages().counted(),
  // @ts-expect-error and needs what it is given
  () => pages().aboveLikes(),
  // @ts-expect-error the same of selections
  () => pages().select().view('aboveVisits'),
  // @ts-expect-error and of services
  () => service.add(1, { by: 1 }),
]

// @ts-expect-error likes is missing
@Likes()
export class NoProperty {
  visits!: number
}

// @ts-expect-error likes is text
@Likes()
export class WrongProperty {
  likes!: string
}

// @ts-expect-error the column can hold any number
@Likes()
export class TooNarrow {
  likes!: 1 | 2
}

// @ts-expect-error the trait has no such option
@Likes({ form: 1 })
export class WrongOption {
  likes!: number
}

// @ts-expect-error the stamp of the second application is missing
@StampOn({ field: 'state', equals: 'back', stamp: 'backAt' })
@StampOn({ field: 'state', equals: 'out', stamp: 'outAt' })
export class NoStamp {
  state!: string
  outAt!: Date | null
}

export const wrongTraits = [
  () =>
    defineTrait({
      name: 'WrongKey',
      defaults: { into: 'likes' },
      // @ts-expect-error a key is text
      key: ({ into }) => into.length,
    }),
  () =>
    defineTrait({
      name: 'WrongAs',
      defaults: {},
      // @ts-expect-error a trait is applied as something by a name
      as: 7,
    }),
]
