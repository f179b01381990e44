//! The templates: a segment a line, as it stands in the message.

/// A message with facts in braces: its head, what is said of each container, and its end.
#[derive(Clone, Copy)]
pub(super) struct Template {
    /// What stands in the message header, or names the set or file.
    pub(super) name: &'static str,
    pub(super) head: &'static str,
    pub(super) each: &'static str,
    pub(super) tail: &'static str,
}

const fn template(
    name: &'static str,
    head: &'static str,
    each: &'static str,
    tail: &'static str,
) -> Template {
    Template { name, head, each, tail }
}

/// Messages in EDIFACT.
pub(super) const EDIFACT: &[Template] = &[
    template(
        "COPRAR:D:95B:UN:SMDG16",
        "BGM+45+LOAD0001+9'\nTDT+20+{voyage}+1++{carrier}:172:20+++{imo}:146::{ship}'\nLOC+9+{from}:139:6'\nDTM+133:{atd}:203'\nNAD+CF+{carrier}:160:20'\n",
        "EQD+CN+{box}+{size}:102:5++2+5'\nRFF+BN:{booking}'\nLOC+11+{to}:139:6'\nMEA+AAE+VGM+KGM:{kg}'\n",
        "CNT+16:{count}'\n",
    ),
    template(
        "COPRAR:D:00B:UN:SMDG20",
        "BGM+118+DISC0001+9'\nDTM+137:{written}:203'\nTDT+20+{voyage}+1++{carrier}:172:20+++{imo}:146::{ship}'\nLOC+11+{to}:139:6'\nDTM+132:{eta}:203'\nNAD+CF+{carrier}:160:166'\n",
        "EQD+CN+{box}+{size}:102:5++3+5'\nRFF+BM:{bl}'\nLOC+9+{from}:139:6'\nLOC+11+{to}:139:6'\nMEA+AAE+G+KGM:{kg}'\nSEL+{seal}+CA'\n",
        "CNT+16:{count}'\n",
    ),
    template(
        "COPARN:D:95B:UN:SMDG10",
        "BGM+11+ACC0001+9'\nTDT+20+{voyage}+1++{carrier}:172:20+++{imo}:146::{ship}'\nLOC+9+{from}:139:6'\nDTM+133:{atd}:203'\nNAD+CF+{carrier}:160:166'\n",
        "EQD+CN+{box}+{size}:102:5++2+5'\nRFF+BN:{booking}'\nDTM+64:{written}:203'\nLOC+9+{from}:139:6'\nLOC+11+{to}:139:6'\n",
        "CNT+16:{count}'\n",
    ),
    template(
        "COREOR:D:95B:UN:SMDG10",
        "BGM+12+RO0001+9'\nTDT+20+{voyage}+1++{carrier}:172:20+++{imo}:146::{ship}'\nLOC+11+{to}:139:6'\nDTM+132:{eta}:203'\nNAD+CF+{carrier}:160:166'\n",
        "EQD+CN+{box}+{size}:102:5++3+5'\nRFF+BM:{bl}'\nLOC+165+{to}:139:6'\n",
        "CNT+16:{count}'\n",
    ),
    template(
        "COHAOR:D:17B:UN:ITG12",
        "BGM+183+HO0001+9'\nDTM+137:{written}:203'\nNAD+CF+{carrier}:160:166'\n",
        "EQD+CN+{box}+{size}:102:5++3+5'\nDTM+7:{eta}:203'\nLOC+165+{to}:139:6'\n",
        "CNT+16:{count}'\n",
    ),
    template(
        "COPINO:D:00B:UN",
        "BGM+171+PN0001+9'\nDTM+137:{written}:203'\nTDT+1++3'\nLOC+88+{to}:139:6'\nDTM+133:{eta}:203'\nNAD+MS+TRUCKCO'\n",
        "EQD+CN+{box}+{size}:102:5++3+5'\nRFF+BM:{bl}'\n",
        "CNT+16:{count}'\n",
    ),
    template(
        "BAPLIE:D:13B:UN:SMDG31",
        "BGM+659+BAY0001+9'\nDTM+137:{written}:203'\nNAD+WZ+{carrier}:LINES:306'\nTDT+20+{voyage}+1++{carrier}:LINES:306+++{imo}:146::{ship}'\nRFF+VON:{voyage}'\nLOC+5+{from}'\nDTM+186:{atd}:203'\nLOC+61+{to}'\nUNS+D'\n",
        "LOC+147+{cell}:9711:5'\nEQD+CN+{box}:6346:5+{size}:6346:5+++5'\nNAD+CF+{carrier}:LINES:306'\nMEA+AAE+VGM+KGM:{kg}'\nRFF+BN:{booking}'\nLOC+9+{from}'\nLOC+11+{to}'\nCNT+8:1'\n",
        "",
    ),
    template(
        "MOVINS:D:95B:UN:SMDG20",
        "BGM++MOV0001+9'\nDTM+137:{written}:203'\nTDT+20+{voyage}+++{carrier}:172:20+++{imo}:146::{ship}'\nLOC+5+{from}:139:6'\nDTM+133:{atd}:203'\nHAN+LOA'\n",
        "LOC+147+{cell}::5'\nMEA+WT++KGM:{kg}'\nLOC+9+{from}'\nLOC+11+{to}'\nRFF+BM:1'\nEQD+CN+{box}+{size}+++5'\nNAD+CA+{carrier}:172:20'\n",
        "",
    ),
    template(
        "MOVINS:D:21A:UN:SMDG31",
        "BGM+659+MOV0002+9'\nDTM+137:{written}:203'\nTDT+20+{voyage}+++{carrier}:LINES:306+++{imo}::11:{ship}'\nLOC+5+{from}:139:6'\nDTM+133:{atd}:203'\nHAN+LOA'\n",
        "LOC+147+{cell}::5'\nEQD+CN+{box}:6346:5+{size}:6346:5+++5'\nNAD+CF+{carrier}:LINES:306'\nMEA+AAE+VGM+KGM:{kg}'\nLOC+9+{from}'\nLOC+11+{to}'\nCNT+8:1'\n",
        "",
    ),
    template(
        "IFTSTA:D:13B:UN",
        "BGM+23+STA0001+9'\nDTM+137:{written}:203'\n",
        "EQD+CN+{box}+{size}:102:5'\nRFF+BN:{booking}'\nSTS+1+24'\nDTM+334:{atd}:203'\nLOC+9+{from}:139:6'\nTDT+20+{voyage}+1++{carrier}:172:20+++{imo}:146::{ship}'\n",
        "",
    ),
    template(
        "IFTMBF:D:00B:UN",
        "BGM+335+FB0001+9'\nDTM+137:{written}:203'\nLOC+9+{from}:139:6'\nLOC+11+{to}:139:6'\nRFF+FF:FWD12345'\nTDT+20+{voyage}+1++{carrier}:172:20+++{imo}:146::{ship}'\nLOC+9+{from}:139:6'\nDTM+133:{atd}:203'\nNAD+FW+FORWARD1'\nGID+1+10:CT'\nEQD+CN++45G1:102:5'\nEQN+2'\n",
        "",
        "",
    ),
    template(
        "IFTMAN:D:95B:UN",
        "BGM+781+AN0001+9'\nDTM+137:{written}:203'\nLOC+9+{from}:139:6'\nLOC+11+{to}:139:6'\nRFF+BM:ZZBL0000001'\nTDT+20+{voyage}+1++{carrier}:172:20+++{imo}:146::{ship}'\nLOC+11+{to}:139:6'\nDTM+132:{eta}:203'\nNAD+CN+IMPORTER1'\nGID+1+10:CT'\n",
        "EQD+CN+{box}+{size}:102:5++3+5'\n",
        "",
    ),
    template(
        "BERMAN:D:03A:UN",
        "BGM+22+BR0001+9'\nDTM+137:{written}:203'\nNAD+AG+AGENT1'\nTDT+20+{voyage}+1++{carrier}:172:20+++{imo}:146::{ship}'\nLOC+153+{to}:139:6'\nDTM+132:{eta}:203'\n",
        "",
        "",
    ),
    template(
        "TPFREP:D:13B:UN",
        "BGM+788+TP0001+9'\nDTM+137:{atd}:203'\nTDT+20+{voyage}+1++{carrier}:172:20+++{imo}:146::{ship}'\nLOC+153+{from}:139:6'\nDTM+178:{ata}:203'\nDTM+186:{atd}:203'\nRFF+VON:{voyage}'\nEQD+CC+QC01'\nQTY+46:412'\nDTM+719:{ata}{atd}:719'\n",
        "",
        "",
    ),
    template(
        "VERMAS:D:16A:UN:SMDG10",
        "BGM+749+VGM0001+9'\nDTM+137:{written}:203'\nNAD+TB'\n",
        "EQD+CN+{box}+{size}:6346:306'\nRFF+BN:{booking}'\nLOC+9+{from}:139:6'\nMEA+AAE+VGM+KGM:{kg}'\nDTM+798:{written}:203'\nTDT+20+{voyage}+1++{carrier}:172:20+++{imo}:146::{ship}'\nRFF+VON:{voyage}'\n",
        "",
    ),
    template(
        "CUSCAR:D:95B:UN:LOT10",
        "BGM+85+MAN0001+9'\nDTM+137:{written}:203'\nNAD+MS+{carrier}:172:20'\nTDT+20+{voyage}+1++{carrier}:172:20+++{imo}:146::{ship}'\nLOC+60+{to}:139:6'\nDTM+132:{eta}:203'\n",
        "CNI+{n}+{bl}'\nRFF+BM:{bl}'\nLOC+9+{from}:139:6'\nLOC+11+{to}:139:6'\nGID+1+10:CT'\nSGP+{box}'\n",
        "",
    ),
    template(
        "CUSRES:D:13B:UN",
        "BGM+962+CR0001+9'\nDTM+137:{eta}:203'\nTDT+20+{voyage}+1++{carrier}:172:20+++{imo}:146::{ship}'\nLOC+22+{to}'\nDOC+703'\nRFF+BH:HOUSE0001'\nGEI+13+5'\n",
        "EQD+CN+{box}+{size}:102:5'\n",
        "",
    ),
    template(
        "DESADV:D:96A:UN",
        "BGM+351+DES0001+9'\nDTM+137:{day}:102'\nRFF+BM:ZZBL0000001'\nNAD+SU+SUPPLIER1'\nTDT+20+{voyage}+1++{carrier}:172:20+++{imo}:146::{ship}'\nLOC+11+{to}:139:6'\nDTM+132:{eta}:203'\n",
        "EQD+CN+{box}+{size}:102:5'\nSEL+{seal}'\n",
        "CPS+1'\nPAC+2++201'\nLIN+1++5410738000152:SRV'\nQTY+12:20'\n",
    ),
    template(
        "IFCSUM:D:01B:UN:EAN003",
        "BGM+785+CONS0001+9'\nDTM+137:{day}:102'\nTDT+20+{voyage}+1++{carrier}:172:20+++{imo}:146::{ship}'\nLOC+9+{from}:139:6'\nLOC+11+{to}:139:6'\nNAD+FW+FORWARD1'\n",
        "CNI+{n}+HAWB{n}'\nRFF+BH:HOUSE000{n}'\nRFF+MB:{bl}'\nGID+1+10:CT'\nSGP+{box}'\n",
        "",
    ),
    template("CONTRL:D:3:UN", "UCI+SL0001+LINECO:ZZ+SIMPARTY:ZZ+7'\n", "", ""),
    template(
        "APERAK:D:96A:UN",
        "BGM+313+AP0001+9'\nDTM+137:{written}:203'\nRFF+ACW:CODECO1'\nERC+40'\nFTX+AAO+++UNKNOWN CONTAINER'\n",
        "",
        "",
    ),
];

/// Transaction sets of X12.
pub(super) const X12: &[Template] = &[
    template(
        "X12:301",
        "B1*SIMU*BKG77001*{day}*A~\nY3*BKG77001*SIMU*{day}~\nN9*BN*BKG77001~\nR4*L*UN*{from}~\nR4*D*UN*{to}~\nV1*{imo}*{ship}*PA*{voyage}*SIMU***L~\n",
        "",
        "",
    ),
    template("X12:303", "B1*SIMU*BKG77001*{day}~\nY5*BKG77001~\nV9*CAN~\n", "", ""),
    template(
        "X12:310",
        "B3*3*INV77*SIMU7700123*PP**{day}*0****SIMU*{day}~\nN9*BM*SIMU7700123~\nV1*{imo}*{ship}*PA*{voyage}*SIMU***L~\nR4*L*UN*{from}~\nR4*D*UN*{to}~\n",
        "LX*{n}~\nN7*{owner}*{serial}*{kg}*G*******CN~\n",
        "",
    ),
    template(
        "X12:315",
        "",
        "",
        "B4***VD*{day}*0807**{owner}*{serial}*L*{size}*{from}*UN~\nN9*BN*{booking}~\nN9*EQ*{box}~\nQ2*{imo}********{voyage}***L*{ship}~\nR4*L*UN*{from}~\nR4*D*UN*{to}~\n",
    ),
    template(
        "X12:322",
        "",
        "",
        "Q5*OA*{day}*1045*LT**SHANGHAI**CN*{owner}*{serial}~\nN7*{owner}*{serial}*{kg}*G*******CN~\nW2*{owner}*{serial}**CN*L~\nR4*5*UN*{from}~\n",
    ),
    template(
        "X12:323",
        "V1*{imo}*{ship}*PA*{voyage}*SIMU***L~\nR4*L*UN*{from}~\nDTM*369*{day}*2200*LT~\nV9*DEP~\nR4*D*UN*{to}~\nDTM*139*{day}*2300*LT~\nV9*ARR~\n",
        "",
        "",
    ),
    template(
        "X12:324",
        "V1*{imo}*{ship}*PA*{voyage}*SIMU***L~\nR4*L*UN*{from}~\nDTM*369*{day}*0600*********LT~\n",
        "N7*{owner}*{serial}*{kg}*G*******CN~\nV4*{cell}~\nR4*L*UN*{from}~\nR4*D*UN*{to}~\nN9*BN*{booking}~\n",
        "",
    ),
    template("X12:997", "AK1*QO*9~\nAK2*315*0004~\nAK5*A~\nAK9*A*1*1*1~\n", "", ""),
    template("X12:999", "AK1*QO*9*005010~\nAK2*315*0004~\nIK5*A~\nAK9*A*1*1*1~\n", "", ""),
    template("X12:TA1", "TA1*000000007*260904*1430*A*000~\n", "", ""),
];

/// Flat files of Chinese ports.
pub(super) const FLAT: &[Template] = &[
    template(
        "CTNJJD",
        "00:CTNJJD:LIST:9:SIMTMNL:SIMAGENT:{written}'\n11:{call_sign}:{ship}:{voyage}'\n12:{from}:PORT'\n",
        "50:{bl}:{box}:{seal}:{size}:F:X'\n",
        "99:6'\n",
    ),
    template(
        "IFCSUM",
        "00:IFCSUM:MANIFEST:9:SIMFWD:SIMPORT:{written}:{from}:{to}'\n10:{call_sign}:{ship}:CN:{voyage}:::{day}:{day}:{from}:PORT'\n",
        "12:{bl}::::{from}:PORT:{from}:PORT:11:P:{day}'\n13:{to}:PORT:{to}:PORT'\n51:001:{box}:{seal}:{size}:F:12:{kg}.0:3900.0:60.000'\n",
        "99:12'\n",
    ),
];
