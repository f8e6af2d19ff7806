import { expect } from 'chai'
import { type HashAlgorithm, hashString } from 'plinth'
import { refusal } from '../support/refusal.js'

describe('hashString', () => {
  it('gives the published digests of "abc"', () => {
    // FIPS 180-4 examples; RFC 7693 appendix A.
    expect(hashString('abc')).to.equal('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect(hashString('abc', { algorithm: 'sha384' })).to.equal(
      'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7',
    )
    expect(hashString('abc', { algorithm: 'sha512' })).to.equal(
      'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
    )
    expect(hashString('abc', { algorithm: 'blake2b512' })).to.equal(
      'ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923',
    )
  })

  it('takes the UTF-8 bytes of a text, also of none', () => {
    expect(hashString('')).to.equal('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    expect(hashString('é')).to.equal('4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c')
  })

  it('refuses digests that are broken or unknown', () => {
    for (const algorithm of ['md5', 'sha1', 'ripemd160', 'SHA256', 'toString', '']) {
      expect(refusal('E_HASH_ALGORITHM', () => hashString('abc', { algorithm: algorithm as HashAlgorithm }))).to.equal(
        `hashString() does not offer "${algorithm}": it is broken or unknown. Choose sha256, sha384, sha512, blake2b512.`,
      )
    }
  })
})
