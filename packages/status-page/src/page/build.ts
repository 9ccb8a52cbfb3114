/** The build that this page is of; put in when it is bundled. */
declare const PAGE_BUILD: string;

export const BUILD: string = PAGE_BUILD;
