import type { LetterText } from "./letter-text.ts";

/** Danish. */
export const da: LetterText = {
  language: "dansk",
  subject: "Sv: din klage over {address}",
  greeting: "Hej\n\nTak for din henvendelse om {address}{atPort}{atTime}.",
  atPort: ", {protocol}-port {port}",
  atBarePort: ", port {port}",
  atTime: ", {time}",

  isTranslated:
    "{address} er ikke adressen på en maskine. Den ligger i {prefix}, et offentligt NAT64-præfiks, hvormed maskiner, der kun har IPv6, når maskiner, der kun har IPv4: En oversætter skriver pakkernes headere om (RFC 6146, RFC 7915) og gemmer intet af indholdet. Hver af disse adresser står for en IPv4-adresse (RFC 6052), og {address} står for {ipv4}. Det, der kom til dig fra {address} gennem vores oversætter, blev altså sendt af {ipv4}. Hos os er der ingen server, ingen konto og intet indhold.",
  ownChoice:
    "Ingen får pakker fra dette præfiks uopfordret. Oversætteren sender kun pakker til en IPv6-maskine, efter at der er sendt pakker til præfikset med maskinens adresse som afsender, eller hvor maskinens ejer har aftalt med os, at den kan nås fra IPv4. At sende til præfikset er ens eget valg: Et program fik en sådan adresse at vide, eller en navneserver (DNS64) er sat op til at danne dem. Hvis du ved, at ingen hos jer har gjort nogen af delene, kan nogen have forfalsket jeres adresse som afsender; så hører vi gerne fra dig.",
  terms:
    "Præfikset stilles til rådighed på vilkår{termsAt}. Efter dem tager den, der bruger det, sager om en IPv4-maskine op med den, der driver maskinen, og bruger ikke præfikset til at scanne, overvåge eller samle beviser om IPv4-maskiner, for de adresser, man ser på den måde, er vores og ikke deres. Er din iagttagelse gjort på den måde, er den gjort i strid med vilkårene.",
  termsAt: " ({url})",
  termsEnclosed: ", som vi vedlægger",
  askOwner:
    "Spørgsmål om, hvad {ipv4} sender, tilbyder eller opbevarer, går til den, der har ansvaret for den IPv4-adresse. Over IPv4 ses maskinen under den adresse, som er dens egen. WHOIS eller RDAP oplyser nettet og dets kontakt for misbrug: https://rdap.org/ip/{ipv4}",
  isOwnPool:
    "{ipv4} er selv en adresse, som denne oversætter bruger over for IPv4 på vegne af sine IPv6-klienter (RFC 6146, hairpinning): Det, der kom fra den, blev sendt af en anden IPv6-maskine, der bruger præfikset.",

  isPublished:
    "{address} er ikke adressen på en maskine hos os. Den ligger i {prefix}, et offentligt NAT64-præfiks, og står for IPv4-adressen {ipv4} (RFC 6052). Den adresse bliver ikke rutet på internettet ({block}): Den gælder inde i nettet hos en IPv4-peer, som selektoren {selector} i adressen hører til, og som udstiller en tjeneste dér. Vi bringer pakkerne frem og skriver deres headere om; hos os er der ingen server og intet indhold.",
  askIPv4Peer:
    "Hvad der kan nås gennem en IPv4-peer, vælger og håndhæver IPv4-peeren alene. Spørgsmål om, hvad {ipv4} under selektoren {selector} sender, tilbyder eller opbevarer, går til ejeren af den IPv4-peer.",
  ipv4PeerKnown:
    "Vi kender denne IPv4-peer ved identiteten {peer} og ved Teredo-adressen {teredo}{asOf}. En Teredo-adresse rummer sin maskines offentlige IPv4-adresse og UDP-port (RFC 4380, afsnit 4); her er det {mapped} og {mappedPort}. Nettet, som {mapped} hører til, kan oplyse mere: https://rdap.org/ip/{mapped}",
  ipv4PeerUnknown: "Hvilken IPv4-peer der havde den selektor på det pågældende tidspunkt, ved vi ikke.",

  isNeverTranslated:
    "{address} ligger i {prefix}, et offentligt NAT64-præfiks, og ville stå for IPv4-adressen {ipv4} (RFC 6052). Den adresse er ikke global ({block}), og vores oversætter sender intet videre fra eller til den. Den eneste undtagelse er ICMP-fejl, for routere undervejs kan svare fra sådanne adresser, som de gør i en traceroute. Andre pakker fra {address} er ikke sendt af vores oversætter: Afsenderen er forfalsket, eller adressen er læst forkert.",
  isTranslator:
    "{address} er vores NAT64-oversætter selv. Den åbner ingen forbindelser til andre: Den svarer på ping, sender ICMPv6-fejl om pakker, der blev sendt til {prefix} med din maskines adresse som afsender (RFC 4443), og prøver vejene til sine egne IPv4-peers.",
  isUnused:
    "{address} ligger i {prefix}, et offentligt NAT64-præfiks, men i en del af det, der ikke er i brug: Vores oversætter sender intet derfra. Afsenderen på sådanne pakker er forfalsket, eller adressen er læst forkert.",

  isTeredo:
    "{address} er en Teredo-adresse (RFC 4380). Den tilhører en IPv4-peer, gennem hvilken vores offentlige NAT64-præfiks {prefix} når IPv4, og rummer dennes offentlige IPv4-adresse, {mapped}, og UDP-port, {mappedPort}. Pakker mellem den og {prefix} er fra IPv6-maskiner, der har valgt at bruge præfikset, og svarene til dem.",

  isShared:
    "{address} er ikke adressen på én maskine. Den er en adresse på en NAT64-oversætter (RFC 6146), som mange maskiner, der kun har IPv6, deles om; kun portene skelner dem. Det, der kom til dig fra den, blev sendt af en af disse maskiner; vores del er oversættelsen.",
  isExit:
    "{address} er den offentlige adresse på en IPv4-peer, en frivilligs maskine, gennem hvilken det offentlige NAT64-præfiks {prefix} når IPv4. På det tidspunkt var dens porte {ports} afsat til præfikset: Det, der kom til dig fra dem, blev, medmindre en router dér ændrede porten, sendt af en maskine, der kun har IPv6 og bruger præfikset, og ikke af den maskine eller dens ejer.",
  isStaticBinding:
    "Port {port} på {address} hører fast til én IPv6-maskine efter aftale med den, der driver den. Vi tager sagen op med vedkommende.",
  clientsChoice:
    "Enhver må bruge præfikset på vilkår{termsAt}, der forbyder angreb, scanninger og uopfordret massepost. Vi hverken vælger, kigger i eller gemmer, hvad brugerne sender.",
  wasInUse: "Ifølge vores log var denne port i brug på det tidspunkt.",
  wasNotInUse:
    "Ifølge vores log var denne port ikke i brug på det tidspunkt. Se venligst igen på porten (afsenderporten, som du så den), protokollen, tidszonen, og hvor nøjagtigt dit ur gik; afsenderen kan også være forfalsket.",
  clientNotRecorded:
    "Vi registrerer ikke, hvilken IPv6-maskine der brugte hvilken port, og kan derfor ikke sige, hvilken det var.",
  clientRecorded:
    "Hvilket net det var, er registreret. Vi oplyser det til myndigheder, der har ret til at få det at vide, og til ingen andre.",
  needsTimeAndPort:
    "For at undersøge det nærmere har vi brug for afsenderporten, som du så den, protokollen og det nøjagtige tidspunkt med tidszone (RFC 6302).",
  noLog: "Ingen af vores logge fortæller, hvem porten hørte til på det tidspunkt.",

  yourAddress: "en af vores adresser",
  amIPv4Peer:
    "Maskinen på den adresse er en IPv4-peer i et peer-to-peer-NAT64: Gennem den når maskiner, der kun har IPv6, IPv4. Den skriver headere om og sender videre og ser ikke disse maskiners IPv6-adresser. Hvert IPv6-præfiks, den arbejder for, har sine egne porte her, som maskinen ikke selv bruger.",
  cameFromPrefix:
    "Port {port} hørte på det tidspunkt til NAT64-præfikset {prefix}, der drives af IPv6-peeren med identiteten {peer}.",
  cameProbablyFromPrefix:
    "Port {port} hørte på det tidspunkt til NAT64-præfikset {prefix}, der drives af IPv6-peeren med identiteten {peer}. Mellem denne maskine og internettet er der en router med NAT; hvis den gav forbindelsen en anden port end maskinen, gælder dette ikke.",
  belongsNow:
    "Port {port} hører nu til NAT64-præfikset {prefix}, der drives af IPv6-peeren med identiteten {peer}. Ingen af vores logge fortæller, om det også var sådan på det pågældende tidspunkt; porten kan have hørt til et andet præfiks eller til intet.",
  onlyPrefixAsked:
    "IPv6-peeren holder oversættelsens tilstand og er den eneste, der måske kan oplyse mere. Send den venligst adressen, porten, protokollen og tidspunktet med tidszone.",
  prefixNotFound: "Port {port} hørte ikke til noget af disse præfikser på det tidspunkt.",
  prefixUnclear:
    "Omkring det tidspunkt gik port {port} over fra et af disse præfikser til et andet. Med et mere nøjagtigt tidspunkt kan vi sige, hvilket det var.",
  askIPv6Peer:
    "WHOIS eller RDAP oplyser præfiksets net og dets kontakt for misbrug: https://rdap.org/ip/{prefixAddress}",

  isHost:
    "{address} er en adresse på den maskine, der kører vores NAT64-oversætter for {prefix}. Det, som præfiksets brugere sender, kommer ikke fra den, bortset fra UDP-datagrammer til vores egne IPv4-peers, som bærer det (Teredo, RFC 4380). Hvad der ellers kommer fra den adresse, sender maskinen selv, og det ser vi på.",
  isNotOurs:
    "{address} er så vidt vi kan se ikke vores: Den ligger ikke i vores NAT64-præfiks {prefix}, og vores oversætter bruger den heller ikke. WHOIS eller RDAP oplyser det net, den hører til: https://rdap.org/ip/{address}",
  closing:
    "Drejer din klage sig om noget andet, så send os venligst afsender- og modtageradresse, porte, protokol og det nøjagtige tidspunkt med tidszone.",
  regards: "Med venlig hilsen",
};
