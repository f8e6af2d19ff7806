export declare class Article {
  id: number
}

export declare class Import {
  url: string
}

export declare const url: string
