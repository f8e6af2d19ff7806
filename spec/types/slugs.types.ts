/** Slugs, one or several: what must not compile, and what must. */
import { type Adds, type ModelDataSource, ModelService, type RowData } from 'plinth'
import { findByIdOrSlug, findBySlug, reslugAll, Sluggable, type Slugged, slugWithId } from 'plinth/decorators'

const ShortSlug = Sluggable.as('shortSlug')

interface Guide extends Slugged, Adds<typeof ShortSlug> {}
@Sluggable({ from: 'title', candidates: ['short', ['title', 'year'], ({ title }: RowData) => String(title)] })
@ShortSlug({ from: 'short', history: { days: 30 }, onTaken: 'number' })
class Guide {
  id!: number
  title!: string
  short!: string | null
  year!: number
}
class GuideService extends ModelService(Guide) {}

@Sluggable()
class Plain {
  name!: string
  slug!: string
}

class Bare {
  id!: number
}

declare const dataSource: ModelDataSource
declare const service: GuideService
const guides = () => dataSource.getRepository(Guide)

export const right = [
  (): readonly string[] => [new Guide().slug, new Guide().shortSlug],
  () => guides().reslug(1),
  () => guides().reslugShortSlug([1, 2]),
  () => service.reslugShortSlug(1),
  () => findBySlug(guides(), 'x', {}, ShortSlug),
  () => findByIdOrSlug(guides(), 'x').then((found) => found?.row.shortSlug),
  (): string => slugWithId(guides(), new Guide(), ShortSlug),
  () => reslugAll(guides(), { slugs: ShortSlug, chunk: 100 }),
  () => findBySlug(dataSource.getRepository(Plain), 'x'),
]

export const wrong = [
  // @ts-expect-error a row of another entity
  () => slugWithId(guides(), new Plain()),
  // @ts-expect-error a class without slugs
  () => slugWithId(dataSource.getRepository(Bare), new Bare()),
  // @ts-expect-error a class that merely has the property does not have the verb
  () => dataSource.getRepository(Plain).reslug(1),
  // @ts-expect-error the class has no such slug
  () => findBySlug(dataSource.getRepository(Plain), 'x', {}, ShortSlug),
  // @ts-expect-error the same of ids
  () => findByIdOrSlug(dataSource.getRepository(Plain), 'x', {}, ShortSlug),
  // @ts-expect-error and of slugs made anew
  () => reslugAll(dataSource.getRepository(Plain), { slugs: ShortSlug }),
  // @ts-expect-error the verb has the name of its slug
  () => guides().reslugShort(1),
]

// @ts-expect-error shortSlug is missing
@ShortSlug({ from: 'title' })
export class NoSlug {
  title!: string
  slug!: string
}

// @ts-expect-error there is no "titel"
@ShortSlug({ from: 'titel' })
export class Misspelt {
  title!: string
  shortSlug!: string
}

// @ts-expect-error there is no "subtitel" among the candidates
@Sluggable({ from: 'title', candidates: ['subtitel'] })
export class MisspeltCandidate {
  title!: string
  subtitle!: string
  slug!: string
}

// @ts-expect-error nor in a list of them
@Sluggable({ from: 'title', candidates: [['title', 'yeer']] })
export class MisspeltPart {
  title!: string
  year!: number
  slug!: string
}

export class WrongFunction {
  // @ts-expect-error a candidate is text
  static readonly decorate = Sluggable({ from: 'title', candidates: [() => 7] })
}

// @ts-expect-error slugs that are taken are refused or numbered
@Sluggable({ from: 'title', onTaken: 'ignore' })
export class WrongTaken {
  title!: string
  slug!: string
}

// @ts-expect-error history is remembered for days
@Sluggable({ from: 'title', history: { weeks: 2 } })
export class WrongHistory {
  title!: string
  slug!: string
}
