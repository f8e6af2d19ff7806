import { expect } from 'chai'
import * as fc from 'fast-check'
import { cutSlug, type SlugOptions, slugify, slugWriter, transliterate } from 'plinth'
import { describeWithData } from '../support/data.js'
import { refusal } from '../support/refusal.js'
import { differences } from './slug-differences.js'

const separator = fc.constantFrom('-', '_', '.', '~')
const options: fc.Arbitrary<SlugOptions> = fc.record(
  {
    separator,
    maxLength: fc.integer({ min: 1, max: 40 }),
    locale: fc.constantFrom('de', 'sv-SE', 'tr', 'en', 'ja', ''),
    unicode: fc.boolean(),
  },
  { requiredKeys: [] },
)
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.lorem())

describe('slugify', () => {
  it('writes any script in ASCII', () => {
    const slugs: Readonly<Record<string, string>> = {
      'Hello, World!': 'hello-world',
      'Ärger & Käse': 'arger-kase',
      'Straße nach Øresund': 'strasse-nach-oresund',
      'Привет, мир': 'privet-mir',
      'Большой съезд': 'bolshoy-sezd',
      '你好 世界': 'nihao-shijie',
      Ελληνικά: 'ellinika',
      'ﬁne ½ ① 𝔘𝔫𝔦𝔠𝔬𝔡𝔢': 'fine-1-2-1-unicode',
      'İstanbul ıssız': 'istanbul-issiz',
      'I ♥ 🦄': 'i-hearts-unicorn',
      "Don't / don’t": 'dont-dont',
      "rock 'n' roll": 'rock-n-roll',
      "o''clock / o'`clock": 'oclock-oclock',
      'co\u00adop\u200berate': 'cooperate',
      '2.0 -- the end...': '2-0-the-end',
      __init__: 'init',
      'a\ud800b': 'ab',
      'Kelvin \u212a': 'kelvin-k',
    }
    for (const [title, slug] of Object.entries(slugs)) expect(slugify(title), title).to.equal(slug)
  })

  it('is empty where there is nothing to name', () => {
    for (const title of ['', ' ', '---', '!?', '\u0301', '\u200b\u00ad', '\ud800', "'''", '«»', '\0']) {
      expect(slugify(title), title).to.equal('')
      expect(slugify(title, { unicode: true }), title).to.equal('')
    }
  })

  it('follows the rules of a language where there are some', () => {
    const title = 'Ærlig Ångström über Käse'
    expect(slugify(title)).to.equal('aerlig-angstrom-uber-kase')
    expect(slugify(title, { locale: 'de' })).to.equal('aerlig-angstroem-ueber-kaese')
    expect(slugify(title, { locale: 'sv-SE' })).to.equal('aerlig-angstrom-ueber-kase')
    expect(slugify(title, { locale: 'da' })).to.equal('aerlig-aangstroem-ueber-kaese')
    expect(slugify('pingüino', { locale: 'es' })).to.equal('pinguino')
    expect(slugify('gürültü', { locale: 'tr' })).to.equal('gurultu')
    expect(slugify('你好', { locale: 'de' })).to.equal('nihao')
    for (const locale of ['', 'xx', 'toString', '__proto__', '-', 'de-']) slugify(title, { locale })
  })

  it('keeps letters, marks and digits of every script where asked to', () => {
    const slugs: Readonly<Record<string, string>> = {
      '你好 世界': '你好-世界',
      'Ärger & Käse': 'ärger-käse',
      'हिन्दी में लेख': 'हिन्दी-में-लेख',
      'สวัสดี ชาวโลก': 'สวัสดี-ชาวโลก',
      'Ὀδυσσεύς ΟΔΟΣ': 'ὀδυσσεύς-οδος',
      'نص‌ فارسی': 'نص-فارسی',
      'ｆｕｌｌ　ｗｉｄｔｈ': 'full-width',
      'e\u0301 E\u0301': 'é-é',
      '🦄 unicorn 🦄': 'unicorn',
      'L’été': 'lété',
      'a \u0301b': 'a-b',
      "a'\u0301b": 'a-b',
      'o’’clock': 'oclock',
      "\u1100'\u1161": '\uac00',
    }
    for (const [title, slug] of Object.entries(slugs)) expect(slugify(title, { unicode: true }), title).to.equal(slug)
  })

  it('makes the same slug of its slugs', () => {
    fc.assert(
      fc.property(text, options, (title, chosen) => {
        const slug = slugify(title, chosen)
        expect(slugify(slug, chosen)).to.equal(slug)
      }),
      { numRuns: 500 },
    )
  })

  it('makes the same slug of its slugs for every character of the basic plane, alone and among others', () => {
    for (let code = 0; code < 0x10000; code += 1) {
      const character = String.fromCharCode(code)
      const slug = slugify(`${character}a${character}\u0301b`, { unicode: true })
      if (slugify(slug, { unicode: true }) !== slug) expect.fail(`not for ${code.toString(16)}`)
    }
  })

  it('always has the form of a slug', () => {
    fc.assert(
      fc.property(text, options, (title, chosen) => {
        const slug = slugify(title, chosen)
        const between = `[${chosen.separator ?? '-'}]`
        const word = chosen.unicode ? String.raw`[\p{L}\p{N}][\p{L}\p{N}\p{M}]*` : '[a-z0-9]+'
        expect(slug).to.match(new RegExp(`^(?:${word}(?:${between}${word})*)?$`, 'u'))
        expect(Array.from(slug).length).to.be.at.most(chosen.maxLength ?? 100)
      }),
      { numRuns: 500 },
    )
  })

  it('has at most 100 characters unless told otherwise', () => {
    expect(slugify('a'.repeat(101))).to.equal('a'.repeat(100))
    expect(slugify(`${'a'.repeat(80)} ${'b'.repeat(80)}`)).to.equal('a'.repeat(80))
    expect(slugify('a b c d', { maxLength: 5, separator: '_' })).to.equal('a_b_c')
  })

  it('refuses a separator or length no slug can have', () => {
    for (const wrong of ['', ' ', '--', '/', 'a', '%', '+']) {
      const message = refusal('E_SLUG_OPTIONS', () => slugify('a', { separator: wrong as '-' }))
      expect(message).to.equal(`The separator of slugs is one of - _ . ~, not "${wrong}".`)
    }
    for (const wrong of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5']) {
      const message = refusal('E_SLUG_OPTIONS', () => slugify('a', { maxLength: wrong as number }))
      expect(message).to.equal(`The longest slug has a whole number of characters, not ${wrong}.`)
    }
  })
})

describe('slugWriter', () => {
  it('writes every text as slugify does by the same options', () => {
    fc.assert(
      fc.property(options, fc.array(text, { maxLength: 5 }), (chosen, titles) => {
        expect(titles.map(slugWriter(chosen))).to.deep.equal(titles.map((title) => slugify(title, chosen)))
      }),
    )
    expect(['Ärger & Käse', '---'].map(slugWriter())).to.deep.equal(['arger-kase', ''])
  })

  it('refuses options that no slug can have before there is a text', () => {
    refusal('E_SLUG_OPTIONS', () => slugWriter({ maxLength: 0 }))
  })
})

describe('cutSlug', () => {
  it('cuts after a word where one ends in the last quarter, and inside a word otherwise', () => {
    expect(cutSlug('alpha-beta-gamma', 16)).to.equal('alpha-beta-gamma')
    expect(cutSlug('alpha-beta-gamma', 15)).to.equal('alpha-beta-gamm')
    expect(cutSlug('alpha-beta-gamma', 13)).to.equal('alpha-beta')
    expect(cutSlug('alpha-beta-gamma', 12)).to.equal('alpha-beta')
    expect(cutSlug('alpha-beta-gamma', 11)).to.equal('alpha-beta')
    expect(cutSlug('alpha-beta-gamma', 10)).to.equal('alpha-beta')
    expect(cutSlug('alpha-beta-gamma', 9)).to.equal('alpha-bet')
    expect(cutSlug('alpha-beta-gamma', 6)).to.equal('alpha')
    expect(cutSlug('alphab-etagamma', 8)).to.equal('alphab')
    expect(cutSlug('alphab-etagamma', 9)).to.equal('alphab-et')
    expect(cutSlug('alpha_beta', 7, '_')).to.equal('alpha_b')
    expect(cutSlug('alpha_beta', 6, '_')).to.equal('alpha')
  })

  it('leaves room for a suffix', () => {
    const suffix = '-100'
    expect(cutSlug('a'.repeat(20), 20 - suffix.length) + suffix).to.equal(`${'a'.repeat(16)}-100`)
  })

  it('counts code points and never splits a character', () => {
    const vowel = 'नि'
    expect(cutSlug(vowel.repeat(3), 5)).to.equal(vowel.repeat(2))
    expect(cutSlug('𝒜𝒜𝒜', 2)).to.equal('𝒜𝒜')
    expect(cutSlug('𝒜𝒜𝒜𝒜𝒜𝒜-𝒜', 8)).to.equal('𝒜𝒜𝒜𝒜𝒜𝒜-𝒜')
    expect(cutSlug('a\u0301\u0301\u0301\u0301b', 3)).to.equal('')
    expect(cutSlug(`ab-c${'\u0301'.repeat(9)}`, 5)).to.equal('ab')
  })

  it('is content with what it cut', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 30 }), (title, maxLength) => {
        const once = cutSlug(slugify(title, { unicode: true }), maxLength)
        expect(cutSlug(once, maxLength)).to.equal(once)
        expect(once).not.to.match(/\p{Surrogate}/u)
      }),
    )
  })
})

describe('transliterate', () => {
  it('gives nothing but ASCII', () => {
    fc.assert(fc.property(text, (title) => /^[\0-\x7f]*$/.test(transliterate(title))))
  })
})

interface Case {
  readonly input: string
  readonly options?: string | Readonly<Record<string, unknown>>
  readonly expected: string
}

describeWithData('slugify and the tables of other libraries', 'slug', (data) => {
  for (const [name, ours] of Object.entries(differences)) {
    const listed = new Map(
      Object.values(ours)
        .flatMap((list) => list.trim().split(/\s+/))
        .map((entry) => entry.split(':') as [string, string]),
    )
    it(`agrees with ${name}, except where a difference is listed (${listed.size})`, () => {
      const { cases } = data.json<{ cases: readonly Case[] }>(`${name}.json`)
      for (const [position, { input, options: given, expected }] of cases.entries()) {
        const chosen = optionsOf(given)
        const slug = slugify(input, chosen)
        const difference = listed.get(String(position))
        expect(slug, `${position}: ${input}`).to.equal(difference ?? slugify(expected, chosen))
        if (difference !== undefined)
          expect(difference, `${position} is no difference`).not.to.equal(slugify(expected, chosen))
      }
    })
  }
})

function optionsOf(given: Case['options']): SlugOptions {
  const named = typeof given === 'string' ? { replacement: given } : (given ?? {})
  const between = named['separator'] ?? named['replacement']
  const known = typeof between === 'string' && /^[-_.~]$/.test(between)
  return {
    ...(typeof named['locale'] === 'string' && { locale: named['locale'] }),
    ...(known && { separator: between as '-' }),
  }
}
