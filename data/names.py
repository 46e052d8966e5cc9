"""Invented names of streets, compounds and institutions; none of them means a real place."""

from collections.abc import Iterator

import numpy as np

_STREETS = (
    "荷塘", "晚枫", "青禾", "望津", "长亭", "采薇", "云栖", "石榴", "银杏", "海棠", "白鹭", "画眉",
    "落英", "春晓", "秋实", "芳草", "翠屏", "松涛", "梅坞", "杏林", "桂影", "兰亭", "竹溪", "菊圃",
    "流萤", "鸣蝉", "归燕", "听雨", "踏雪", "寻梅", "品茗", "观澜", "渔歌", "樵径", "耕读", "朝晖",
    "暮云", "清风", "朗月", "繁星", "晨露", "新雨", "初晴", "丰谷", "麦浪", "棉花", "桑榆", "芦苇",
)  # fmt: skip
_LANES = (
    "豆腐", "油坊", "染坊", "铁匠", "磨盘", "柴市", "米市", "布市", "菜根", "井水", "柳条", "槐花",
    "枣树", "葫芦", "扁担", "灯笼", "笔墨", "纸坊", "绣花", "竹篮", "木桶", "砖瓦", "石桥", "水车",
    "渡口", "茶馆", "书场", "药铺", "酱园", "糖坊", "面坊", "伞店", "鞋匠", "银楼", "钟楼", "鼓楼",
)  # fmt: skip
_ESTATES = (
    "紫薇", "玉兰", "丹桂", "翠竹", "碧荷", "红枫", "金穗", "银河", "蓝天", "绿野", "锦绣", "和谐",
    "安居", "乐业", "明珠", "阳光", "春天", "秋水", "润泽", "悦澜", "景和", "嘉禾", "瑞雪", "祥云",
    "康宁", "福满", "吉庆", "同心", "向阳", "朝阳花", "满庭芳", "小重山", "临江仙", "清平乐",
    "青玉案", "如梦",
)  # fmt: skip
_ENDINGS = ("花园", "家园", "小区", "苑", "名邸", "公寓", "雅居", "新村")
_YARDS = (
    "纺织厂宿舍", "粮站家属院", "供销社宿舍", "邮电局家属院", "钟巷甲1号院", "钟巷甲3号院", "钟巷乙2号院",
    "第二小学家属院", "印刷厂宿舍", "食品厂宿舍", "百货公司宿舍", "水利站家属院", "农机站宿舍", "影剧院宿舍",
    "医院东院宿舍", "豆腐巷6号院", "鼓楼里9号院", "木器厂宿舍", "糖烟酒公司宿舍", "房管所大院",
)  # fmt: skip
_POINTS = (
    "新禾村一组", "新禾村二组", "新禾村三组", "新禾村四组", "新禾安置一区", "新禾安置二区", "新禾安置三区",
    "新禾公租房", "丰谷家园（在建）", "麦浪家园（在建）", "新禾村五组",
    "新禾人才公寓", "新禾村六组", "新禾安置四区",
)  # fmt: skip


def street_names(rng: np.random.Generator) -> Iterator[str]:
    """Names of streets, no end to them and none twice."""
    return _endless(_STREETS, ("街", "路", "中街", "北街", "南街"), rng)


def lane_names(rng: np.random.Generator) -> Iterator[str]:
    """Names of lanes, no end to them and none twice."""
    return _endless(_LANES, ("巷", "胡同", "里弄", "夹道"), rng)


def estate_names(rng: np.random.Generator) -> Iterator[str]:
    """Names of compounds, no end to them and none twice."""
    endings = _ENDINGS
    order = rng.permutation(len(_ESTATES))
    for turn in range(10**6):
        for place, stem_idx in enumerate(order):
            ending = endings[(place + turn) % len(endings)]
            phase = turn // len(endings)
            yield f"{_ESTATES[stem_idx]}{ending}" + (f"{phase + 1}期" if phase else "")


def yard_names() -> Iterator[str]:
    """Names of the small old courtyards."""
    yield from _YARDS


def point_names() -> Iterator[str]:
    """Names of the compounds that are known as points only."""
    yield from _POINTS


def _endless(stems: tuple[str, ...], endings: tuple[str, ...], rng: np.random.Generator) -> Iterator[str]:
    order = rng.permutation(len(stems))
    for turn in range(10**6):
        ending = endings[turn % len(endings)] + ("" if turn < len(endings) else str(turn))
        for stem_idx in order:
            yield f"{stems[stem_idx]}{ending}"
