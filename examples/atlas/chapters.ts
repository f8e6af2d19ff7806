import { eq, type ModelDataSource, path, runAs, ValidationError } from 'plinth'
import { auditOf, findBySlug, readList } from 'plinth/decorators'
import { EntityNotFoundError } from 'typeorm'
import { City } from './city.js'
import { Country } from './country.js'

/** A short text about the atlas, told from what is stored. */
interface Chapter {
  readonly title: string
  readonly tell: (atlas: ModelDataSource) => Promise<readonly string[]>
}

/** Ends the unit of work in which the chapters are told. */
class TheEnd extends Error {}

/**
 * Tells what the traits of the atlas do, with its own rows. Rows are moved, deleted and renamed for it, in a unit of work
 * that is undone: the atlas stays as it is.
 */
export async function tellChapters(atlas: ModelDataSource, print: (text: string) => void): Promise<void> {
  for (const [index, { title, tell }] of chapters.entries()) {
    let lines: readonly string[] = []
    const telling = atlas.atomic(async () => {
      lines = await runAs('cartographer', () => tell(atlas))
      throw new TheEnd()
    })
    await telling.catch((error: unknown) => {
      // Callers of the API may have removed what a chapter is about.
      if (error instanceof EntityNotFoundError) lines = ['The rows it tells of are not there any more.']
      else if (!(error instanceof TheEnd)) throw error
    })
    print(['', `${index + 1}. ${title}`, ...lines.map((line) => `   ${line}`), ''].join('\n'))
  }
}

const countryOf = (atlas: ModelDataSource, code: string): Promise<Country> =>
  atlas.getRepository(Country).findOneByOrFail({ code })

/** The first cities of a country, in its order. */
async function firstCities(atlas: ModelDataSource, countryId: string): Promise<string> {
  const { rows, version } = await readList(atlas.getRepository(City), { countryId })
  const names = rows.slice(0, 4).map(({ position, name }) => `${position} ${name}`)
  return `${names.join(', ')} (version ${version} of ${rows.length} cities)`
}

const slugs: Chapter = {
  title: 'Slugs, each in its country',
  async tell(atlas) {
    const found = await atlas
      .getRepository(City)
      .find({ where: { name: 'San Francisco' }, relations: { country: true } })
    const byCountry = new Map<string, string[]>()
    for (const { slug, country } of found) byCountry.set(country.name, [...(byCountry.get(country.name) ?? []), slug])
    const countries = [...byCountry].sort(([, one], [, other]) => other.length - one.length)
    const lines = countries.slice(0, 4).map(([name, taken]) => {
      const own = taken.sort((one, other) => one.length - other.length || (one < other ? -1 : 1))
      return `${name}: ${own.slice(0, 3).join(', ')}${own.length > 3 ? ` to ${own.at(-1)!}` : ''}`
    })
    return [`${found.length} cities are called San Francisco, in ${countries.length} countries.`, ...lines]
  },
}

const order: Chapter = {
  title: 'An order made by hand',
  async tell(atlas) {
    const { id, name } = await countryOf(atlas, 'IS')
    const cities = atlas.getRepository(City)
    const before = await firstCities(atlas, id)
    const { rows } = await readList(cities, { countryId: id })
    const moved = rows[3] ?? rows.at(-1)
    if (!moved) throw new EntityNotFoundError(City, { countryId: id })
    await cities.moveToTop(moved.id)
    return [`${name}: ${before}`, `${moved.name} first: ${await firstCities(atlas, id)}`]
  },
}

const trash: Chapter = {
  title: 'A country in the trash, and exactly what went with it',
  async tell(atlas) {
    const { id, name } = await countryOf(atlas, 'IS')
    const [cities, countries] = [atlas.getRepository(City), atlas.getRepository(Country)]
    const count = () => cities.countBy({ countryId: id })
    const all = await count()
    const [last] = await cities.find({ where: { countryId: id }, order: { population: 'ASC', id: 'ASC' }, take: 1 })
    if (!last) throw new EntityNotFoundError(City, { countryId: id })
    await cities.delete(last.id)
    await countries.delete(id)
    const shown = await count()
    const { byEntity } = await countries.restore(id)
    return [
      `${name} has ${all} cities. ${last.name} is deleted; then ${name}, and ${shown} cities are shown.`,
      `Restored: ${name} with ${byEntity['City']} cities, all but ${last.name}, which was deleted by itself.`,
    ]
  },
}

const history: Chapter = {
  title: 'Who changed what, and a name that is remembered',
  async tell(atlas) {
    const countries = atlas.getRepository(Country)
    const { id, slug: former } = await countryOf(atlas, 'TR')
    await countries.update(id, { name: 'Turkey' })
    await countries.mergeMetadata(id, { patch: { borders: null, languages: ['Turkish', 'Kurdish'] } })
    const entries = await auditOf(countries, id)
    const told = entries.map(({ kind, actor, before, after }) => {
      const changed = Object.keys(after ?? {}).filter((name) => before && name !== 'updatedAt')
      return `${actor ?? 'nobody'}: ${kind} ${changed.join(', ')}`.trimEnd()
    })
    const found = await findBySlug(countries, former)
    return [...told, `"${former}" leads to ${found!.row.name}, whose slug is "${found!.row.slug}".`]
  },
}

const metadata: Chapter = {
  title: 'What there are no columns for',
  async tell(atlas) {
    const countries = atlas.getRepository(Country)
    const all = await countries.find()
    const landlocked = await countries
      .select()
      .where(eq(path('metadata', ['landlocked']), true))
      .count()
    const { id } = await countryOf(atlas, 'IS')
    await countries.setMetadata(id, { path: ['languages'], value: ['Icelandic', 'Icelandic Sign Language'] })
    const { metadata } = await countries.findOneByOrFail({ id })
    const refused = await countries
      .setMetadata(id, { path: ['landlocked'], value: 'no' })
      .catch((error: unknown) => error)
    const [problem] = refused instanceof ValidationError ? refused.errors : []
    return [
      `${landlocked} of ${all.length} countries are landlocked.`,
      `Iceland: ${JSON.stringify(metadata)}`,
      `landlocked: "no" is refused: ${problem!.pointer} ${problem!.message}.`,
    ]
  },
}

const chapters: readonly Chapter[] = [slugs, order, trash, history, metadata]
