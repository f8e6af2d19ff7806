import { expect } from 'chai'
import { generateToken, randomText } from 'plinth'
import { refusal } from '../support/refusal.js'

describe('generateToken', () => {
  it('writes as many random bytes as asked in base64url', () => {
    expect(generateToken()).to.match(/^[A-Za-z0-9_-]{43}$/)
    expect(Buffer.from(generateToken(), 'base64url')).to.have.lengthOf(32)
    expect(Buffer.from(generateToken(16), 'base64url')).to.have.lengthOf(16)
    expect(Buffer.from(generateToken(1024), 'base64url')).to.have.lengthOf(1024)
  })

  it('never makes the same token twice', () => {
    expect(new Set(Array.from({ length: 10_000 }, () => generateToken(16))).size).to.equal(10_000)
  })

  it('refuses what could be guessed, or is no number of bytes', () => {
    for (const bytes of [15, 0, -1, 16.5, Number.NaN, Number.POSITIVE_INFINITY, 1025]) {
      expect(refusal('E_TOKEN_BYTES', () => generateToken(bytes))).to.equal(
        `generateToken(${bytes}) cannot be answered: it takes the number of random bytes, an integer from 16 (less could be guessed) to 1024. The default, 32, suits every purpose.`,
      )
    }
    refusal('E_TOKEN_BYTES', () => generateToken('32' as unknown as number))
  })
})

describe('randomText', () => {
  it('draws from its alphabet only, code points whole', () => {
    expect(randomText('0123456789', 6)).to.match(/^\d{6}$/)
    expect(Array.from(randomText('🐎🐘', 50))).to.have.lengthOf(50)
    expect(randomText('🐎🐘', 50)).to.match(/^[🐎🐘]+$/u)
    expect(randomText('ab', 1)).to.match(/^[ab]$/)
    expect(randomText('ab', 1024)).to.match(/^[ab]{1024}$/)
  })

  it('favours no character', () => {
    // 200 characters, so that taking a byte modulo the length would give the first 56 twice as often as the others.
    const alphabet = String.fromCodePoint(...Array.from({ length: 200 }, (_, n) => 0x4e00 + n))
    const drawn = Array.from({ length: 40 }, () => randomText(alphabet, 1000)).join('')
    const early = Array.from(drawn).filter((character) => alphabet.indexOf(character) < 56).length
    // Expected 11,200 with a standard deviation of 90; with the bias it would be 17,500.
    expect(early).to.be.within(10_500, 11_900)
  })

  it('refuses an alphabet or a length that cannot give random text', () => {
    for (const alphabet of ['', 'a', 'aa', 'aba', '🐎']) {
      const message = refusal('E_ALPHABET', () => randomText(alphabet, 6))
      expect(message).to.equal('randomText() needs an alphabet of at least two characters, all different.')
    }
    for (const length of [0, -1, 1.5, Number.NaN, 1025]) {
      const message = refusal('E_ALPHABET', () => randomText('ab', length))
      expect(message).to.equal(`randomText() makes 1 to 1024 characters, not ${length}.`)
    }
  })
})
