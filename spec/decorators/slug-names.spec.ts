import { expect } from 'chai'
import * as fc from 'fast-check'
import { Sluggable, type SluggableOptions } from '../../decorators/index.js'
import { SlugNames } from '../../decorators/sluggable/slug-names.js'
import { slugDefaults } from '../../decorators/sluggable/slug-options.js'
import { Mistakes, Registry } from '../../src/index.js'

const problems = (options: Partial<SluggableOptions>) => {
  class Thing {
    name!: string
    slug!: string
  }
  Sluggable(options as {})(Thing)
  const mistakes = new Mistakes()
  expect(new Registry([Thing], mistakes).has(Thing)).to.equal(true)
  return mistakes.found.map(({ code, problem }) => `${code}: ${problem}`)
}

describe('Options of slugs', () => {
  it('are refused where no slug could follow them', () => {
    expect(problems({})).to.deep.equal([])
    const length = 'E_TRAIT_OPTIONS: @Sluggable needs a maxLength from 16 to 255, not'
    for (const maxLength of [0, 15, 256, 20.5, Number.NaN]) {
      expect(problems({ maxLength })).to.deep.equal([`${length} ${maxLength}.`])
    }
    const separator = 'E_TRAIT_OPTIONS: @Sluggable separates words by - _ . or ~, not "+".'
    expect(problems({ separator: '+' as never })).to.deep.equal([separator])
    const itself = 'E_TRAIT_OPTIONS: @Sluggable cannot make a slug from the slug itself.'
    expect(problems({ from: 'slug' })).to.deep.equal([itself])
    expect(problems({ within: ['slug'] })).to.deep.equal([itself])
    expect(problems({ candidates: [['name', 'slug']] })).to.deep.equal([itself])
    const days = 'E_TRAIT_OPTIONS: @Sluggable remembers slugs for more than 0 days, not'
    for (const count of [0, -1, Number.NaN, Infinity]) {
      expect(problems({ history: { days: count } })).to.deep.equal([`${days} ${count}.`])
    }
  })
})

describe('Names of slugs', () => {
  const words = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.array(fc.constantFrom('a', 'b7', '2', '13', '-', ' ', 'é', '각', 'क्ष', 'e\u0301\u0302'), { maxLength: 60 }),
  )
  const title = words.map((text) => (typeof text === 'string' ? text : text.join('')))
  const options = fc.record({
    maxLength: fc.integer({ min: 16, max: 60 }),
    unicode: fc.boolean(),
    separator: fc.constantFrom('-', '_', '.', '~'),
  })
  const number = fc.oneof(fc.integer({ min: 2, max: 120 }), fc.integer({ min: 2, max: 99_999_999 }))

  it('with numbers are short enough, and made from their base', () => {
    fc.assert(
      fc.property(title, options, number, (text, given, count) => {
        const names = new SlugNames({ ...slugDefaults, ...given, from: 'title' })
        const [base = ''] = names.bases({ title: text })
        fc.pre(base !== '')
        const slug = names.numbered(base, count)
        expect(Array.from(slug).length).to.be.at.most(given.maxLength)
        expect(names.isMadeFrom(slug, [base])).to.equal(true)
        expect(names.written(slug)).to.equal(slug)
      }),
      { seed: 7 },
    )
  })

  it('with numbers need the lock of their base, and no other', () => {
    fc.assert(
      fc.property(title, options, number, (text, given, count) => {
        const names = new SlugNames({ ...slugDefaults, ...given, from: 'title' })
        const [base = ''] = names.bases({ title: text })
        fc.pre(base !== '')
        expect(names.locks({ title: text, slug: names.numbered(base, count) })).to.have.length(1)
      }),
      { numRuns: 300, seed: 7 },
    )
  })

  it('of one group share locks with those of no other', () => {
    const names = new SlugNames({ ...slugDefaults, from: 'title', within: ['list'] })
    const locks = [1, '1', null, undefined, 'a/b'].map((list) => names.locks({ title: 'Hello 2', list })[0])
    expect(locks).to.deep.equal([':1/:hello', ':1/:hello', '-/:hello', '-/:hello', ':a%2Fb/:hello'])
  })
})
