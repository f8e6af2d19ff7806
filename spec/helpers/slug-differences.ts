/**
 * Where the tables of other libraries expect another slug: the number of the case and what ours is. Everywhere else ours
 * is what they expect, once that is written in lower case, without punctuation and within 100 characters, as ours are.
 */
export const differences: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'sindresorhus-slugify': {
    'an option that we do not have': `
      31:aaa-bbb 36:foo-bar 37:10-20 38:i-hearts-unicorn 39:x-y-z 40:zurich
    `,
    'words are not split at capitals': `
      6:foobar 7:foobar 15:foobar-123 19:foo360bar 20:foo360 21:foobar 23:apisection 47:foobar
    `,
    'symbols are not read out as English words, or by another word': `
      9:foo-bar 10:foo-bar 13:i-hearts-dogs 18:foo-bar 32:bar_baz 42:bar-baz
    `,
    'letters are written as any-ascii has them': `
      49:a-o-u-a-o-u-ss 54:g-r-ts 58:e-r-e-w-a-n
    `,
  },
  'sindresorhus-transliterate': {
    'an option that we do not have': `
      3:zurich 50:raksmorgas
    `,
    'symbols are not read out as English words, or by another word': `
      4:file-bar 5:foo-bar
    `,
    'letters are written as any-ascii has them': `
      6:a-o-u-a-o-u-ss 9: 12:g-r-ts 16:e-r-ew-a-n 18:a-d-o 22:th-g-x 26:k-lj-ts 31:ie-g-i 44:raksmorgas
      49:raksmorgas 55:ou 61:ow 62:ow 63:ow 64:ow-ow-ow 69:edebiyyat 70:edebiyyat 71:meshur
    `,
  },
  'simov-slugify': {
    'an option that we do not have': `
      20:foo-bar-baz 24:foo-bar-baz 26:foo_bar_baz
    `,
    'symbols are not read out as English words, or by another word': `
      340:foo-eur-bar-baz 341:foo-cr-bar-baz 342:foo-f-bar-baz 343:foo-gbp-bar-baz 344:foo-l-bar-baz
      345:foo-m-bar-baz 346:foo-n-bar-baz 347:foo-pts-bar-baz 348:foo-rs-bar-baz 349:foo-w-bar-baz
      350:foo-nis-bar-baz 351:foo-d-bar-baz 352:foo-k-bar-baz 353:foo-t-bar-baz 354:foo-t-bar-baz 355:foo-dr-bar-baz
      356:foo-pf-bar-baz 357:foo-p-bar-baz 358:foo-g-bar-baz 359:foo-a-bar-baz 360:foo-hrn-bar-baz 361:foo-c-bar-baz
      362:foo-c-bar-baz 363:foo-y-bar-baz 365:foo-yuan-bar-baz 366:foo-ryl-bar-baz 367:foo-ce-bar-baz
      368:foo-bar-baz 369:foo-b-bar-baz 370:foo-bar-baz 371:foo-rb-bar-baz 372:foo-btc-bar-baz 373:foo-tl-bar-baz
      377:foo-s-bar-baz 389:foo-bar-baz 393:foo-bar-baz 394:foo-inf-bar-baz 395:foo-hearts-bar-baz 396:foo-bar-baz
      397:foo-bar-baz 398:foo-bar-baz 399:foo-bar-baz 400:unicode-hearts-is-radioactive 418:c-gbp-f-s-inf-hearts
      419:c-gbp-f-s-inf-hearts 420:c-gbp-f-s-inf-hearts 421:c-gbp-f-s-inf-hearts 422:c-gbp-s-inf-hearts
      423:c-gbp-s-inf-hearts 424:a-ae-o-a-ae-o 425:aa-ae-oe-aa-ae-oe 426:a-a-o-a-a-o 427:a-a-o-a-a-o
    `,
    'letters are written as any-ascii has them': `
      95:foo-v-bar-baz 100:foo-i-bar-baz 101:foo-th-bar-baz 107:foo-x-bar-baz 115:foo-ch-bar-baz 117:foo-o-bar-baz
      123:foo-i-bar-baz 124:foo-o-bar-baz 131:foo-v-bar-baz 136:foo-i-bar-baz 137:foo-th-bar-baz 143:foo-x-bar-baz
      151:foo-ch-bar-baz 153:foo-o-bar-baz 159:foo-i-bar-baz 160:foo-o-bar-baz 181:foo-e-bar-baz 185:foo-y-bar-baz
      197:foo-kh-bar-baz 198:foo-ts-bar-baz 201:foo-shch-bar-baz 202:foo-bar-baz 214:foo-e-bar-baz 218:foo-y-bar-baz
      230:foo-kh-bar-baz 231:foo-ts-bar-baz 234:foo-shch-bar-baz 235:foo-bar-baz 241:foo-ie-bar-baz
      243:foo-i-bar-baz 245:foo-ie-bar-baz 247:foo-i-bar-baz 249:foo-a-bar-baz 250:foo-a-bar-baz 253:foo-q-bar-baz
      254:foo-q-bar-baz 257:foo-u-bar-baz 258:foo-u-bar-baz 263:foo-o-bar-baz 264:foo-o-bar-baz 322:foo-d-bar-baz
      325:foo-d-bar-baz 333:foo-dzh-bar-baz 339:foo-dzh-bar-baz
      408:a-a-b-b-v-v-g-g-d-d-e-e-zh-zh-z-z-i-i-y-y-k-k-l-l-m-m-n-n-o-o-p-p-r-r-s-s-t-t-u-u-f-f-kh-kh-ts-ts-ch
      410:a-a-b-b-v-v-g-g-d-d-d-d-e-e-z-z-z-z-i-i-j-j-k-k-l-l-lj-lj-m-m-n-n-nj-nj-o-o-p-p-r-r-s-s-t-t-c-c-u-u
      412:a-b-g-d-e-v-z-t-i-k-l-m-n-o-p-zh-r-s-t-u-p-k-gh-q-sh-ch-ts-dz-ts-ch-kh-j-h
      413:a-a-gh-gh-q-q-ng-ng-u-u-u-u-h-h-o-o 414:d-d
    `,
  },
  gedmo: {
    'letters are written as any-ascii has them': `
      2:eto-testovyy-zagolovok-ru
    `,
  },
}
